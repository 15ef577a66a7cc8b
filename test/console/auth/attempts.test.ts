import { expect, it } from 'vitest'
import { createAttempts } from '../../../src/console/auth/attempts.ts'

it('takes the addresses of an IPv6 network for one when somebody guesses at account after account', () => {
  const attempts = createAttempts(() => 0)
  for (let guess = 0; guess < 20; guess++)
    attempts.begin({ account: `account ${guess}`, address: `2001:db8::${guess}` })
  const next = (address: string) => () => attempts.begin({ account: 'another', address })
  expect(next('2001:db8::ffff')).toThrow('Too many tries')
  expect(next('2001:db8:0:1::1')).not.toThrow()
})

it('counts a guess that was right back, from wherever in the network it came', () => {
  const attempts = createAttempts(() => 0)
  for (let login = 0; login < 100; login++) {
    const who = { account: 'ann', address: '2001:db8::1' }
    attempts.begin(who)
    attempts.succeeded({ ...who, address: '2001:db8::2' })
  }
  expect(() => attempts.begin({ account: 'ann', address: '2001:db8::3' })).not.toThrow()
})
