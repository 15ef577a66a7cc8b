import { expect, test } from 'vitest'
import { settleLab, wantedLab } from '../../../src/lib/lab/wanted-lab.ts'

const options = { name: 'default', dataDirectory: '/data', hosts: 3 }
const before = { suite: 'trixie', image: 'trixie-1', subnet: '10.1.2.0/24', hosts: 5, diskMiB: 64 }

test('a new lab takes the defaults for what is left open', () => {
  expect(settleLab(wantedLab(options), { name: 'default', before: undefined })).toEqual({
    hosts: 3,
    suite: 'bookworm',
    subnet: '10.77.0.0/24',
  })
})

test('a lab that exists keeps what is left open and takes the number of hosts', () => {
  expect(settleLab(wantedLab(options), { name: 'default', before })).toMatchObject({ ...before, hosts: 3 })
})

test.each([{ suite: 'bookworm' }, { subnet: '10.9.9.0/24' }, { diskMiB: 65 }])(
  'a lab that exists cannot become %j',
  (change) => {
    expect(() => settleLab(wantedLab({ ...options, ...change }), { name: 'default', before })).toThrow(
      expect.objectContaining({ code: 'APO-LAB-CONFLICT' }),
    )
  },
)

test('the same network written otherwise is the same network', () => {
  expect(
    settleLab(wantedLab({ ...options, subnet: '10.1.2.9/24' }), { name: 'default', before }).subnet,
  ).toBe('10.1.2.0/24')
})

test.each([
  { hosts: 0 },
  { hosts: 1.5 },
  { hosts: Number.NaN },
  { hosts: 14, subnet: '10.77.0.0/28' },
  { subnet: '10.77.0.0/31' },
  { subnet: 'here' },
  { suite: '../etc' },
])('%j is refused as a value', (change) => {
  const settle = () => settleLab(wantedLab({ ...options, ...change }), { name: 'default', before: undefined })
  expect(settle).toThrow(expect.objectContaining({ code: 'APO-INPUT-VALUE' }))
})
