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
      readonly error: unknown
    }
  | { readonly type: 'reader-dropped'; readonly principal: string }
  | { readonly type: 'certificate-renewed'; readonly names: readonly string[] }
  | { readonly type: 'cloud-silent'; readonly realm: string; readonly why: string }

/** Turns the notes of a Console into progress events. */
export function noteToEvent(reporter: Reporter): (note: Note) => void {
  return (note) =>
    reporter.report({
      type: note.type === 'certificate-renewed' ? 'note' : 'warning',
      subject: 'console',
      text: textOf(note),
    })
}

function textOf(note: Note): string {
  switch (note.type) {
    case 'request-failed': {
      const { method, path, error } = note
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return `${method} ${path} failed: ${why}`
    }
    case 'reader-dropped':
      return `dropped ${note.principal}: it reads events too slowly`
    case 'cloud-silent':
      return `nobody can log in with ${note.realm}: ${note.why}`
    case 'certificate-renewed':
      return `made a new certificate for ${note.names.join(', ')}`
  }
}
