import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { atMost } from '../at-most.ts'
import type { LabContext } from '../lab-context.ts'
import { machineName, type LabLayout } from '../lab-layout.ts'
import { hostsOf, type LabState } from '../lab-state.ts'
import { findControlGroups } from '../machine/control-groups.ts'
import { removePorts } from '../network/ports.ts'
import { writeSshFiles } from '../ssh-files.ts'
import { parseSubnet } from '../subnet.ts'
import { endHost } from './host-processes.ts'
import { startHost } from './start-host.ts'
import { ensureKeyPair, writeSeed } from './write-seed.ts'

interface Lab {
  readonly lab: LabLayout
  readonly state: LabState
}

/** More at once boot no sooner: they only take turns on the processors. */
const bootedAtOnce = 12

/** Boots every host that does not answer, and writes the files SSH clients need; names of the booted. */
export async function bootHosts(
  options: Lab & { readonly imageRoot: string },
  context: LabContext,
): Promise<string[]> {
  const { lab, state, imageRoot } = options
  const hosts = hostsOf(lab, state)
  await ensureKeyPair({ file: lab.identity, comment: `apoctl lab ${lab.name}` }, context)
  const subnet = parseSubnet(state.subnet)
  const groups = await findControlGroups()
  const disk = state.diskMiB === undefined ? {} : { diskMiB: state.diskMiB }
  const started = await atMost({ items: hosts, limit: bootedAtOnce }, async (host) => {
    context.reporter.report({ type: 'started', subject: host.name, step: 'boot' })
    await writeSeed({ lab, subnet, host, hosts }, context)
    const booted = await startHost({ lab, host, prefix: subnet.prefix, groups, imageRoot, ...disk }, context)
    const outcome = booted ? 'done' : 'unchanged'
    context.reporter.report({ type: 'finished', subject: host.name, step: 'boot', outcome })
    return booted ? [host.name] : []
  })
  await writeSshFiles(lab, hosts)
  return started.flat()
}

/** Removes hosts with numbers beyond what the lab shall have; their names. */
export async function removeSurplusHosts(options: Lab, context: LabContext): Promise<string[]> {
  const { lab } = options
  const surplus = await surplusHosts(options)
  await atMost({ items: surplus, limit: bootedAtOnce }, (number) => removeHost({ lab, number }, context))
  return surplus.map((number) => `host${number}`)
}

/** Ends a host and deletes what it changed. */
export async function removeHost(
  which: { readonly lab: LabLayout; readonly number: number },
  context: LabContext,
): Promise<void> {
  const { lab, number } = which
  const machine = machineName(lab, number)
  await endHost({ machine, groups: await findControlGroups() }, context)
  await removePorts([machine], context)
  await rm(join(lab.directory, 'hosts', `host${number}`), { recursive: true, force: true })
}

/** Numbers of the hosts that have a directory and are more than the lab shall have. */
export async function surplusHosts({ lab, state }: Lab): Promise<number[]> {
  const names = await readdir(join(lab.directory, 'hosts')).catch(() => [])
  const numbers = names.flatMap((name) => (/^host\d+$/.test(name) ? [Number(name.slice(4))] : []))
  return numbers.filter((number) => number > state.hosts).sort((a, b) => a - b)
}
