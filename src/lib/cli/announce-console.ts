import { writeOwnProfile } from '../credentials/profiles/write-profile.ts'
import type { ConsoleServing } from '../output/views/console-serving-view.ts'
import type { Reporter } from '../progress/reporter.ts'

/** What a Console that has begun to serve says of itself. */
export interface StartedConsole {
  readonly url: string
  readonly caPath: string
  readonly adminCredentialPath: string
  readonly firstStart: boolean
}

/** Writes the profile \`local\`, which names the Console and its administrator, and says all that is needed to use it. */
export async function announceConsole(console: StartedConsole, dataDir: string): Promise<ConsoleServing> {
  const { url, caPath, adminCredentialPath, firstStart } = console
  const settings = { api: url, creds: adminCredentialPath, namespace: '/', 'api-cacert': caPath }
  const profile = await writeOwnProfile({ name: 'local', settings }, dataDir)
  return {
    url,
    firstStart,
    authorityFile: caPath,
    credentialFile: adminCredentialPath,
    profileFile: profile.file,
    profileIsOurs: profile.isOurs,
  }
}

/** What the Console notes while it runs; its own types stay in its wing. */
type Note =
  | {
      readonly type: 'request-failed'
      readonly method: string
      readonly path: string
      readonly trace: string
      readonly tracking: string | undefined
      readonly error: unknown
    }
  | { readonly type: 'reader-dropped'; readonly principal: string }
  | { readonly type: 'certificate-renewed'; readonly names: readonly string[] }
  | { readonly type: 'cloud-silent'; readonly realm: string; readonly why: string }
  | { readonly type: 'limit-reached'; readonly limit: string; readonly client: string }

/** Turns the notes of a Console into progress events. */
export function noteToEvent(reporter: Reporter): (note: Note) => void {
  return (note) => reporter.report({ subject: 'console', ...sentenceOf(note) })
}

function sentenceOf(note: Note): { readonly type: 'warning' | 'note'; readonly text: string } {
  switch (note.type) {
    case 'request-failed': {
      const why = note.error instanceof Error ? (note.error.stack ?? note.error.message) : String(note.error)
      const names = [`trace ${note.trace}`, ...(note.tracking === undefined ? [] : [note.tracking])].join(
        ', ',
      )
      return { type: 'warning', text: `${note.method} ${note.path} (${names}) failed: ${why}` }
    }
    case 'reader-dropped':
      return { type: 'warning', text: `dropped ${note.principal}: it reads events too slowly` }
    case 'cloud-silent':
      return { type: 'warning', text: `could not ask a cloud about a login with ${note.realm}: ${note.why}` }
    case 'limit-reached':
      return { type: 'warning', text: `limited ${note.client}: ${note.limit}` }
    case 'certificate-renewed':
      return { type: 'note', text: `made a new certificate for ${note.names.join(', ')}` }
    default:
      return note satisfies never
  }
}
