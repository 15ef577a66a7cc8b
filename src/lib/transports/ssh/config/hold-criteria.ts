import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { listCovers } from '../patterns.ts'
import type { Pass } from './pass.ts'
import type { ConfigWorld } from './config-world.ts'
import { expand } from './expand.ts'
import type { MatchCriterion } from './match-criteria.ts'
import { runMatchCommand } from './run-match-command.ts'
import { hostSoFar, tokensSoFar } from './tokens.ts'

interface Question {
  readonly pass: Pass
  readonly world: ConfigWorld
}

interface Conditions {
  readonly criteria: readonly MatchCriterion[]
  readonly place: string
}

/** Whether all conditions of a Match hold. A command is run only when everything before it holds. */
export async function hold(match: Conditions, on: Question): Promise<boolean> {
  let result = true
  for (const criterion of match.criteria) {
    if (criterion.name === 'final') on.pass.onFinal()
    if (!result) continue
    const holds = await isTrue({ criterion, place: match.place }, on)
    result = holds !== criterion.negated
  }
  return result
}

async function isTrue(
  asked: { readonly criterion: MatchCriterion; readonly place: string },
  on: Question,
): Promise<boolean> {
  const { criterion, place } = asked
  if (!('argument' in criterion)) return criterion.name === 'all' || on.pass.isFinal
  const { name } = criterion
  if (name === 'localnetwork') return isOnNetwork(criterion.argument)
  if (name === 'exec') {
    const command = expand(criterion.argument, { tokens: tokensSoFar(on), place })
    return runMatchCommand(command, { world: on.world, place })
  }
  const subject = subjectOf(name, on)
  return name === 'host' || name === 'originalhost'
    ? listCovers(lower(criterion.argument).split(','), lower(subject))
    : matches(criterion.argument, subject)
}

const lower = (text: string): string => text.toLowerCase()

/** No text is matched by no pattern alone. */
function matches(patterns: string, subject: string): boolean {
  return subject === '' ? patterns === '' : listCovers(patterns.split(','), subject)
}

function subjectOf(
  name: Exclude<MatchCriterion['name'], 'all' | 'canonical' | 'final' | 'exec' | 'localnetwork'>,
  on: Question,
): string {
  const { pass, world } = on
  const subjects = {
    host: () => hostSoFar(pass),
    originalhost: () => pass.alias,
    user: () => pass.settings.word('user') ?? world.localUser,
    localuser: () => world.localUser,
    tagged: () => pass.settings.word('tag') ?? '',
    // We run commands, but none that the user has typed; and we are no version of OpenSSH.
    command: () => '',
    sessiontype: () => 'exec',
    version: () => 'apoctl',
  }
  return subjects[name]()
}

/** Whether this machine has an address in one of the networks, and in none that is excluded. */
function isOnNetwork(networks: string): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((of) => of ?? [])
  const [excluded, included] = [true, false].map((negated) =>
    networks.split(',').filter((network) => network.startsWith('!') === negated),
  )
  return addresses.some(
    ({ address }) =>
      (included ?? []).some((network) => contains(network, address)) &&
      !(excluded ?? []).some((network) => contains(network.slice(1), address)),
  )
}

function contains(network: string, address: string): boolean {
  const [base = '', bits] = network.split('/')
  const family = isIP(base)
  if (family !== isIP(address)) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(base, Number(bits ?? (family === 4 ? 32 : 128)), type)
  return list.check(address, type)
}
