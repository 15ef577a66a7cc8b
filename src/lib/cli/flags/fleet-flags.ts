import { hostname } from 'node:os'
import { text } from 'node:stream/consumers'
import { Flags } from '@oclif/core'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import type { InventoryWorld } from '../../fleet/inventory/read-inventories.ts'
import type { OpenHostContext } from '../../fleet/open-host.ts'
import type { FleetContext, FleetWork } from '../../fleet/run-on-fleet.ts'
import type { WayToRelays } from '../../install/relay/with-relays.ts'
import { Secret } from '../../secrets/secret.ts'
import type { CommandContext } from '../context.ts'
import { durationFlag } from './duration-flag.ts'

const helpGroup = 'HOSTS'

/** How every command that works on hosts is told which ones, and how to get there. */
export const fleetFlags = {
  host: Flags.string({
    summary: 'Host to work on over SSH, as [user@]name[:port]; repeatable. Without any: this machine.',
    helpValue: 'HOST',
    multiple: true,
    helpGroup,
  }),
  inventory: Flags.string({
    summary:
      'Where hosts are listed: a file (YAML, JSON, one a line, or an Ansible inventory), a folder of them, a ' +
      'program that prints one, or - for standard input. Repeatable.',
    helpValue: 'FILE',
    multiple: true,
    helpGroup,
  }),
  limit: Flags.string({
    summary:
      'Only these hosts and groups, as Ansible has it: "web*,!web3", "prod:&web", "~web\\d+", "web[0:4]", "@FILE".',
    helpValue: 'PATTERN',
    helpGroup,
  }),
  concurrency: Flags.integer({
    summary: 'How many hosts to work on at once.',
    helpValue: 'N',
    default: 50,
    min: 1,
    helpGroup,
  }),
  identity: Flags.string({ summary: 'Private key to log in with.', helpValue: 'FILE', helpGroup }),
  'ssh-config': Flags.string({
    summary: 'File to read instead of ~/.ssh/config and /etc/ssh/ssh_config, as ssh -F does; none for none.',
    helpValue: 'FILE',
    helpGroup,
  }),
  'accept-new-host-keys': Flags.boolean({
    summary:
      'Trust hosts that are not in known_hosts and remember their keys. Changed keys are refused all the same.',
    helpGroup,
  }),
  'ask-password': Flags.boolean({
    summary: 'Ask once for the password to log in with; or set APOCTL_SSH_PASSWORD.',
    helpGroup,
  }),
  'ask-sudo-password': Flags.boolean({
    summary: 'Ask once for the password that sudo wants; or set APOCTL_SUDO_PASSWORD.',
    helpGroup,
  }),
  become: Flags.option({ options: ['auto', 'sudo', 'doas', 'none'] as const })({
    summary: 'How to become root on the hosts: auto takes what works, none stays who it is.',
    default: 'auto' as const,
    helpGroup,
  }),
  'connect-timeout': durationFlag({
    summary:
      'Give up on a host that cannot be logged in to for this long. Default: 15s, or as in ssh_config.',
    helpGroup,
  }),
  'host-timeout': durationFlag({ summary: 'Give up on a host that is not done after this long.', helpGroup }),
}

/** What these flags parse to. */
export interface FleetFlags {
  readonly host?: readonly string[] | undefined
  readonly inventory?: readonly string[] | undefined
  readonly limit?: string | undefined
  readonly concurrency: number
  readonly identity?: string | undefined
  readonly 'ssh-config'?: string | undefined
  readonly 'accept-new-host-keys': boolean
  readonly 'ask-password': boolean
  readonly 'ask-sudo-password': boolean
  readonly become: 'auto' | 'sudo' | 'doas' | 'none'
  readonly 'connect-timeout'?: number | undefined
  readonly 'host-timeout'?: number | undefined
}

/** The hosts and the way to them: what actions over a fleet take as options and as context. */
export interface Fleet {
  readonly hosts: readonly FleetHost[]
  readonly limits: Pick<FleetWork<unknown>, 'concurrency' | 'hostTimeoutMs'>
  readonly context: FleetContext & WayToRelays
}

export interface FleetNeeds {
  /** True for work that is pointless without root: hosts where it is missing fail at once. */
  readonly root: 'required' | 'wanted'
}

type World = Pick<CommandContext, 'environment' | 'ask' | 'signal' | 'reporter'> & FleetNeeds

/** Reads the inventory, asks for the passwords, and prepares the way to the hosts. */
export async function prepareFleet(flags: FleetFlags, world: World): Promise<Fleet> {
  const { resolveHosts } = await import('../../fleet/resolve-hosts.ts')
  const selection = {
    targets: flags.host ?? [],
    inventories: flags.inventory ?? [],
    limit: flags.limit,
    identityFile: flags.identity,
  }
  const hosts = await resolveHosts(selection, inventoryWorld(world))
  const way = await wayTo(flags, world)
  return {
    hosts,
    limits: { concurrency: flags.concurrency, hostTimeoutMs: flags['host-timeout'] },
    context: {
      signal: world.signal,
      reporter: world.reporter,
      openHost: async (request) => {
        const { openHost } = await import('../../fleet/open-host.ts')
        return openHost(request, way)
      },
      findJumpHost: async (request) => {
        const { findJumpHost } = await import('../../fleet/find-jump-host.ts')
        return findJumpHost(request, way)
      },
    },
  }
}

function inventoryWorld({ environment, reporter, signal }: World): InventoryWorld {
  const subject = 'inventory'
  return {
    readStandardInput: () => text(process.stdin),
    runProgram: async (file) => {
      const { runInventoryProgram } = await import('../../fleet/inventory/run-inventory-program.ts')
      return runInventoryProgram(file, { local: { environment: withoutSecrets(environment.env) }, signal })
    },
    warn: (said) => reporter.report({ type: 'warning', subject, text: said }),
    note: (said) => reporter.report({ type: 'note', subject, text: said }),
  }
}

async function wayTo(flags: FleetFlags, world: World): Promise<OpenHostContext> {
  const { environment } = world
  const { createSshMemory } = await import('../../transports/ssh/ssh-memory.ts')
  const password = await loginPassword(flags, world)
  const sudoPassword = await sudoPasswordOf(flags, world)
  const withoutOurs = withoutSecrets(environment.env)
  return {
    local: { environment: withoutOurs, isRoot: environment.isRoot },
    become: { method: flags.become, sudoPassword, required: world.root === 'required' },
    ssh: {
      home: environment.home,
      localUser: environment.user,
      userId: process.getuid?.() ?? 0,
      machineName: hostname(),
      environment: withoutOurs,
      configFile: flags['ssh-config'],
      agentSocket: environment.env['SSH_AUTH_SOCK'],
      acceptNewHostKeys: flags['accept-new-host-keys'],
      connectTimeoutMs: flags['connect-timeout'],
      credentials: { password: () => Promise.resolve(password), passphrase: askForPassphrases(world) },
      reporter: world.reporter,
      memory: createSshMemory(),
    },
  }
}

function loginPassword(flags: FleetFlags, world: World): Promise<Secret | undefined> {
  const question = { text: 'Password to log in with', flag: 'APOCTL_SSH_PASSWORD' }
  return known('APOCTL_SSH_PASSWORD', world) ?? asked(flags['ask-password'] && question, world)
}

function sudoPasswordOf(flags: FleetFlags, world: World): Promise<Secret | undefined> {
  const question = { text: 'Password for sudo', flag: 'APOCTL_SUDO_PASSWORD' }
  return known('APOCTL_SUDO_PASSWORD', world) ?? asked(flags['ask-sudo-password'] && question, world)
}

function known(name: string, world: World): Promise<Secret> | undefined {
  const value = world.environment.env[name]
  return value === undefined || value === '' ? undefined : Promise.resolve(new Secret(value))
}

function asked(
  question: false | Parameters<CommandContext['ask']['secret']>[0],
  world: World,
): Promise<Secret | undefined> {
  return question === false ? Promise.resolve(undefined) : world.ask.secret(question)
}

/** Asks for one passphrase at a time; a key nobody can open is left out, and another may do. */
function askForPassphrases(world: World): (keyFile: string) => Promise<Secret | undefined> {
  let last: Promise<unknown> = Promise.resolve()
  return (keyFile) => {
    const set = known('APOCTL_SSH_PASSPHRASE', world)
    if (set !== undefined) return set
    const question = { text: `Passphrase of ${keyFile}`, flag: 'APOCTL_SSH_PASSPHRASE' }
    const answer = last.then(() => world.ask.secret(question)).catch(() => undefined)
    last = answer
    return answer
  }
}

/** Commands on this machine inherit the environment, but not what lets apoctl in somewhere. */
function withoutSecrets(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('APOCTL_')))
}
