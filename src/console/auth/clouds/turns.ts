import { refuse } from '../../refused-request.ts'
import { addressGroup } from '../../traffic/address-group.ts'
import { createTally } from '../../traffic/tally.ts'

/** Runs so many at a time; refuses more with 503 instead of letting them wait. */
export type Turns = <Result>(address: string, work: () => Promise<Result>) => Promise<Result>

/** One address may stand for a whole office, and is still not everybody. */
const most = { ofAddress: 16, altogether: 64 }

/** Strangers make the Console ask the clouds: what they can make it do at once has an end. */
export function createTurns(): Turns {
  const [open, all] = [createTally(), createTally()]
  return async (address, work) => {
    const client = addressGroup(address)
    if (!open.hasRoom(client, most.ofAddress) || !all.hasRoom('', most.altogether)) {
      throw refuse(503, { text: 'Too many logins with clouds at once; try again', retryAfterSeconds: 1 })
    }
    const ends = [open.add(client), all.add('')]
    try {
      return await work()
    } finally {
      for (const end of ends) end()
    }
  }
}
