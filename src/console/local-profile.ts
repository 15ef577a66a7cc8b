import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readIfThere, writeDurably } from './durable-file.ts'
import type { RunningConsole } from './start-console.ts'

const mark = '# Written by apoctl console serve at every start. Remove this line to keep your own changes.'

/** The profile of a Console on this machine. JSON strings are YAML strings. */
export function profileYaml(console: Pick<RunningConsole, 'url' | 'caPath' | 'adminCredentialPath'>): string {
  const settings = {
    api: console.url,
    namespace: '/',
    creds: console.adminCredentialPath,
    'api-cacert': console.caPath,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  return `${[mark, ...lines].join('\n')}\n`
}

/** Writes the profile, unless somebody made it their own. Says whether the file is ours. */
export async function keepLocalProfile(
  path: string,
  console: Pick<RunningConsole, 'url' | 'caPath' | 'adminCredentialPath'>,
): Promise<boolean> {
  const former = await readIfThere(path)
  if (former !== undefined && !former.startsWith(mark)) return false
  const text = profileYaml(console)
  if (former === text) return true
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeDurably(path, { text, mode: 0o600 })
  return true
}
