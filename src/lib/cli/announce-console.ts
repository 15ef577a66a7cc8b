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
  return (note) => {
    const subject = 'console'
    switch (note.type) {
      case 'request-failed': {
        const why =
          note.error instanceof Error ? (note.error.stack ?? note.error.message) : String(note.error)
        reporter.report({
          type: 'warning',
          subject,
          text: `${note.method} ${note.path} failed: ${why}`,
        })
        return
      }
      case 'reader-dropped': {
        reporter.report({
          type: 'warning',
          subject,
          text: `dropped ${note.principal}: it reads events too slowly`,
        })
        return
      }
      case 'cloud-silent': {
        reporter.report({
          type: 'warning',
          subject,
          text: `nobody can log in with ${note.realm}: ${note.why}`,
        })
        return
      }
      case 'certificate-renewed': {
        reporter.report({
          type: 'note',
          subject,
          text: `made a new certificate for ${note.names.join(', ')}`,
        })
        return
      }
    }
  }
}
