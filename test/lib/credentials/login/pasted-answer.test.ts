import { describe, expect, it } from 'vitest'
import type { ExpectedAnswer } from '../../../../src/lib/credentials/login/expected-answer.ts'
import { readPastedAnswer } from '../../../../src/lib/credentials/login/pasted-answer.ts'

const code: ExpectedAnswer = { place: 'query', state: { name: 'state', value: 's-1' }, proof: 'code' }
const token: ExpectedAnswer = { place: 'fragment', state: { name: 'state', value: 's-1' }, proof: 'id_token' }

describe('what somebody pasted', () => {
  it.each([
    ['http://localhost:65332/?code=c-1&state=s-1'],
    ['  localhost:65332/?code=c-1&state=s-1\r\n'],
    ['http://localhost:65332?state=s-1&code=c-1#_=_'],
    ['?code=c-1&state=s-1'],
    ['code=c-1&state=s-1'],
    ['c-1'],
    ['c%2D1'],
  ])('is read as a code and its state: %j', (text) => {
    const read = readPastedAnswer(text, code)
    expect(read.ok && Object.fromEntries(read.answer)).toEqual({ code: 'c-1', state: 's-1' })
  })

  it.each([
    ['http://localhost:65332/#state=s-1&id_token=a.b.c'],
    ['#id_token=a.b.c&state=s-1'],
    ['id_token=a.b.c&state=s-1'],
    ['a.b.c'],
  ])('is read as a token and its state: %j', (text) => {
    const read = readPastedAnswer(text, token)
    expect(read.ok && Object.fromEntries(read.answer)).toEqual({ id_token: 'a.b.c', state: 's-1' })
  })

  it('may be the no of the provider', () => {
    const read = readPastedAnswer('http://localhost/?error=access_denied&state=s-1', code)
    expect(read.ok && read.answer.get('error')).toBe('access_denied')
  })

  it.each([
    ['', 'nothing was pasted'],
    ['http://localhost:65332', 'no code'],
    ['https://idp.example/auth?client_id=x&state=s-1', 'no code'],
    ['http://localhost/?code=c-1&state=s-2', 'not the answer to this login'],
    ['http://localhost/?code=c-1', 'not the answer to this login'],
    ['http://localhost/?code=c-1&code=c-2&state=s-1', 'not the answer to this login'],
    ['http://localhost/?code=c-1&state=s-2&state=s-1', 'not the answer to this login'],
    ['http://localhost/?error=access_denied', 'not the answer to this login'],
    ['two words', 'no code'],
  ])('is refused when it is %j', (text, problem) => {
    const read = readPastedAnswer(text, code)
    expect(read.ok ? 'taken' : read.problem).toContain(problem)
  })

  it('is never taken whatever stands in it, unless the state does or it is one word', () => {
    const read = readPastedAnswer('http://localhost/#id_token=a.b.c&state=s-1', code)
    expect(read.ok).toBe(false)
  })
})
