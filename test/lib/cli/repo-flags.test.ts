import { describe, expect, it } from 'vitest'
import { parseRepo } from '../../../src/lib/cli/flags/repo-flags.ts'

describe('the address of a repository', () => {
  it('loses the slash at its end', () => {
    expect(parseRepo('https://packages.example.com/enforcer/')).toBe('https://packages.example.com/enforcer')
  })

  it.each([
    ['packages.example.com', 'is no address'],
    ['ftp://packages.example.com', 'is neither https nor http'],
    ['https://me:secret@packages.example.com', 'holds a login'],
    ['https://packages.example.com/?token=x', 'has something behind its path'],
    ['https://packages.example.com/a%20b', 'has a path that package managers do not take'],
  ])('is not %s', (text, problem) => {
    expect(() => parseRepo(text)).toThrow(problem)
  })
})
