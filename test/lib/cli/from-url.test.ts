import { describe, expect, it } from 'vitest'
import { parseFromUrl } from '../../../src/lib/cli/flags/from-url-flag.ts'

describe('where hosts download from', () => {
  it.each([
    ['console', { type: 'console' }],
    ['https://mirror.example.com/enforcer/', { type: 'mirror', url: 'https://mirror.example.com/enforcer' }],
    ['https://mirror.example.com:8443', { type: 'mirror', url: 'https://mirror.example.com:8443' }],
    ['http://127.0.0.1:8080/x', { type: 'mirror', url: 'http://127.0.0.1:8080/x' }],
    ['http://[::1]:8080', { type: 'mirror', url: 'http://[::1]:8080' }],
  ])('can be %s', (text, delivery) => expect(parseFromUrl(text)).toEqual(delivery))

  it.each([
    ['http://mirror.example.com/enforcer', 'is not https: everybody on the way'],
    ['http://127.0.0.1.example.com/', 'is not https'],
    ['ftp://mirror.example.com', 'is not https'],
    ['https://ann:secret@mirror.example.com', 'holds a login'],
    ['https://mirror.example.com/?a=1', 'has something behind its path'],
    ['mirror', 'is no address'],
    ['', 'is no address'],
  ])('cannot be %s', (text, why) => {
    expect(() => parseFromUrl(text)).toThrow(why)
  })
})
