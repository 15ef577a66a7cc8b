import { describe, expect, it } from 'vitest'
import { foldNames } from '../../../src/lib/progress/fold-names.ts'

describe('folding names', () => {
  const numbered = (from: number, to: number, name: (n: number) => string) =>
    Array.from({ length: to - from + 1 }, (_, index) => name(from + index))
  const padded = (n: number) => String(n).padStart(2, '0')

  it.each([
    [numbered(1, 47, (n) => `web${padded(n)}`), 'web[01-47]'],
    [numbered(1, 12, (n) => `web${n}`), 'web[1-12]'],
    [['web1', 'web2', 'web5', 'web7', 'web8'], 'web[1-2,5,7-8]'],
    [['db', 'web2', 'web1'], 'db, web[1-2]'],
    [['web1.example.com', 'web2.example.com', 'web1.example.org'], 'web[1-2].example.com, web1.example.org'],
    [['eu-1-web-1', 'eu-1-web-2', 'eu-2-web-1'], 'eu-1-web-[1-2], eu-2-web-1'],
    [['10.0.0.1', '10.0.0.2', '10.0.1.1'], '10.0.0.[1-2], 10.0.1.1'],
    [['web1:2201', 'web2:2201'], 'web[1-2]:2201'],
    [['web01', 'web1', 'web2'], 'web[1-2], web01'],
    [['web09', 'web10', 'web100'], 'web[09-10], web100'],
    [['web1'], 'web1'],
    [['web1', 'web1'], 'web1'],
    [['localhost'], 'localhost'],
    [[], ''],
  ])('folds %j', (names, folded) => {
    expect(foldNames(names)).toBe(folded)
  })
})
