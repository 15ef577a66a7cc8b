import type { Secret } from '../../secrets/secret.ts'
import type { FleetHost } from '../../fleet/fleet-host.ts'
import type { InstallScript } from './install-script.ts'

/** What runs installations that apoctl does not run itself. */
export const installEngines = ['cloud-init', 'ansible', 'ssm', 'terraform-user-data', 'script'] as const
export type InstallEngine = (typeof installEngines)[number]

/** One file of an artefact. */
export interface ArtefactFile {
  /** Below the folder that the artefact is written to. */
  readonly path: string
  readonly parts: readonly (string | Buffer)[]
  /** A program, for people to run. */
  readonly isProgram?: boolean
  /** Holds a token: for its owner alone. */
  readonly isSecret?: boolean
}

/** What every engine is given. */
export interface ArtefactContent {
  readonly script: InstallScript
  /** Of the enforcer. */
  readonly version: string
  /** What somebody shall know who opens a file of it: one line each, none of them with a line break. */
  readonly about: readonly string[]
  /** For an artefact that has to carry one. */
  readonly token: Secret | undefined
  /** A command that prints a token which is good for this installation. */
  readonly tokenCommand: string
  /** For an artefact that can name the hosts. */
  readonly hosts: readonly FleetHost[]
  readonly folder: string
}

/** Files, and what to type next. */
export interface Artefact {
  readonly files: readonly ArtefactFile[]
  readonly next: readonly string[]
}

/** Text behind the sign of a comment. */
export function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('')
}
