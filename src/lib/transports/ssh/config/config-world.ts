import type { Statement } from './statement.ts'

/** What reading the configuration leans on. */
export interface ConfigWorld {
  readonly home: string
  readonly localUser: string
  readonly userId: number
  /** The full name of this machine. */
  readonly machineName: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The one ssh_config to read, as `ssh -F`; without: ~/.ssh/config, then /etc/ssh/ssh_config. */
  readonly configFile?: string | undefined
  readonly memory: ConfigMemory
}

/** What the hosts of one run share, so that each file is read and each question is asked once. */
export interface ConfigMemory {
  statements(
    key: string,
    read: () => Promise<readonly Statement[] | undefined>,
  ): Promise<readonly Statement[] | undefined>
  paths(pattern: string, find: () => Promise<readonly string[]>): Promise<readonly string[]>
  /** Whether a command of Match exec succeeded. */
  success(command: string, run: () => Promise<boolean>): Promise<boolean>
}
