import type { Reporter } from '../../progress/reporter.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { SshMemory } from './ssh-memory.ts'

/** A host to log in to. What is absent comes from ssh_config and then from OpenSSH's defaults. */
export interface SshTarget {
  /** Name or address, or a `Host` alias of ssh_config. */
  readonly host: string
  readonly port?: number | undefined
  readonly user?: string | undefined
  /** A private key to use besides those of ssh_config; an error when it is missing. */
  readonly identityFile?: string | undefined
  /** Known keys are in this file alone; wins over UserKnownHostsFile and GlobalKnownHostsFile of ssh_config. */
  readonly knownHostsFile?: string | undefined
}

/** Who knows the secrets. Asked only when a server wants one; `undefined` means there is none. */
export interface SshCredentials {
  password(login: { readonly user: string; readonly host: string }): Promise<Secret | undefined>
  passphrase(keyFile: string): Promise<Secret | undefined>
}

/** What logging in leans on. The environment is read by the caller, never here. */
export interface SshContext {
  readonly home: string
  readonly localUser: string
  readonly userId: number
  /** The full name of this machine. */
  readonly machineName: string
  /** What ssh_config may refer to, and what its commands get; credentials of this run do not belong in it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** SSH_AUTH_SOCK. */
  readonly agentSocket?: string | undefined
  /** The one ssh_config to read, `none` for none. Default: ~/.ssh/config, then /etc/ssh/ssh_config. */
  readonly configFile?: string | undefined
  /** Accepts and remembers keys of hosts that are not known; changed keys are refused all the same. */
  readonly acceptNewHostKeys?: boolean
  /** Wins over ConnectTimeout of ssh_config. Default: 15 s, for name lookup to login. */
  readonly connectTimeoutMs?: number | undefined
  readonly credentials: SshCredentials
  readonly reporter: Reporter
  /** Shared by all connections of a run: decrypted keys, parsed files, connections to jump hosts. */
  readonly memory: SshMemory
  readonly signal?: AbortSignal | undefined
}
