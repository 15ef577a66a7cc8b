import { describe, expect, it } from 'vitest'
import { nearestWords } from '../../../src/lib/errors/nearest-words.ts'

describe('nearestWords', () => {
  it('gives at most three words, the nearest first', () => {
    expect(nearestWords('aab', ['aaa', 'aab1', 'abb', 'bbb', 'xyz'])).toEqual(['aaa', 'aab1', 'abb'])
  })

  it('takes two swapped letters for one mistake, and does not mind capitals', () => {
    expect(nearestWords('NMAE', ['time', 'name'])).toEqual(['name'])
  })

  it('gives nothing rather than something far away', () => {
    expect(nearestWords('quux', ['explain', 'enforcer status'])).toEqual([])
  })
})
