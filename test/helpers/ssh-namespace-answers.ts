/** Runs inside the namespace that `ssh-namespace.ts` makes, and prints both answers as JSON. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolveTarget } from '../../src/lib/transports/ssh/config/resolve-target.ts'
import { resolveHostSettings } from '../../src/lib/transports/ssh/host-settings.ts'
import { createSshMemory } from '../../src/lib/transports/ssh/ssh-memory.ts'
import type { SshContext } from '../../src/lib/transports/ssh/ssh-context.ts'
import { serveNames } from './name-server.ts'
import type { BothAnswers, MadeUpMachine } from './ssh-namespace.ts'
import { apoctlPrints, comparable, sshPrints } from './ssh-prints.ts'

const machine = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as MadeUpMachine
const environment = { PATH: process.env['PATH'], HOME: '/root' }
const context: SshContext = {
  home: '/root',
  localUser: 'root',
  userId: 0,
  machineName: hostname(),
  environment,
  credentials: { password: () => Promise.resolve(undefined), passphrase: () => Promise.resolve(undefined) },
  reporter: { report: () => undefined },
  memory: createSshMemory(),
}

const server = await serveNames(machine.names ?? {})
const answers: BothAnswers[] = []
for (const host of machine.hosts) answers.push(await bothAnswers(host))
server.close()
process.stdout.write(JSON.stringify(answers))

async function bothAnswers(host: string): Promise<BothAnswers> {
  const real = await sshPrints({ config: '', host, environment })
  try {
    const resolved = await resolveTarget({ host, given: [] }, { ...context, memory: context.memory.config })
    const ours = apoctlPrints(resolved, await resolveHostSettings({ host }, context))
    return { host, ours, real: 'refused' in real ? real : comparable(real, resolved.settings) }
  } catch (error) {
    return { host, ours: { refused: (error as Error).message }, real }
  }
}
