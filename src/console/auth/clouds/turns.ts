import { refuse } from '../../refused-request.ts'

/** Runs so many at a time; refuses more with 503 instead of letting them wait. */
export type Turns = <Result>(address: string, work: () => Promise<Result>) => Promise<Result>

/** One address may stand for a whole office, and is still not everybody. */
const most = { ofAddress: 16, altogether: 64 }

/** Strangers make the Console ask the clouds: what they can make it do at once has an end. */
export function createTurns(): Turns {
  const open = new Map<string, number>()
  let altogether = 0
  return async (address, work) => {
    const ofAddress = open.get(address) ?? 0
    if (ofAddress >= most.ofAddress || altogether >= most.altogether) {
      throw refuse(503, { text: 'Too many logins with clouds at once; try again', retryAfterSeconds: 1 })
    }
    open.set(address, ofAddress + 1)
    altogether++
    try {
      return await work()
    } finally {
      altogether--
      const left = (open.get(address) ?? 1) - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
    }
  }
}
