import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { quoteAll } from '../../platforms/linux/quote.ts'
import type { Transport } from '../../transports/transport.ts'
import { essence, type TrustFinding } from './authority-trust.ts'

/** Browsers of Linux that have lists of their own, and the folders below the home of a person that hold one. */
const browsers = [
  {
    place: 'Chrome and its kin',
    roots: ['.pki/nssdb', '.local/share/pki/nssdb', 'snap/chromium/current/.pki/nssdb'],
  },
  {
    place: 'Firefox',
    roots: ['.mozilla/firefox', '.config/mozilla/firefox', 'snap/firefox/common/.mozilla/firefox'],
  },
] as const

export interface BrowserLists {
  readonly home: string
  readonly run: Transport['run']
  readonly signal: AbortSignal
}

/**
 * Whether the browsers of this person trust an authority: those that were ever started here. Their lists are
 * NSS databases, which `certutil` of NSS reads; where it is missing, nothing is known.
 */
export async function browserTrust(authorityPem: string, lists: BrowserLists): Promise<TrustFinding[]> {
  const findings: TrustFinding[] = []
  for (const { place, roots } of browsers) {
    const folders = await databasesBelow(roots.map((root) => join(lists.home, root)))
    const answers: TrustFinding['trusts'][] = []
    for (const folder of folders) answers.push(await databaseTrust({ folder, authorityPem }, lists))
    const [first] = answers
    if (first === undefined) continue
    // A browser has several profiles, and which one opens is not known here.
    findings.push({
      place,
      trusts: (['yes', 'unknown'] as const).find((one) => answers.includes(one)) ?? 'no',
    })
  }
  return findings
}

/** Folders with a database: the roots themselves, and the profiles in them. */
async function databasesBelow(roots: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    roots.map(async (root) => {
      const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
      const folders = [
        root,
        ...entries.filter((one) => one.isDirectory()).map(({ name }) => join(root, name)),
      ]
      const files = await Promise.all(folders.map((folder) => readdir(folder).catch((): string[] => [])))
      return folders.filter((_, at) => files[at]?.includes('cert9.db'))
    }),
  )
  return found.flat()
}

async function databaseTrust(
  asked: { readonly folder: string; readonly authorityPem: string },
  { run, signal }: BrowserLists,
): Promise<TrustFinding['trusts']> {
  const certutil = async (...words: readonly string[]): Promise<string | undefined> => {
    const command = quoteAll(['exec', 'certutil', '-L', '-d', `sql:${asked.folder}`, ...words])
    const { exitCode, stdout } = await run({ command }, { signal, timeoutMs: 10_000 })
    return exitCode === 0 ? stdout.toString('utf8') : undefined
  }
  const list = await certutil()
  if (list === undefined) return 'unknown'
  const wanted = essence(asked.authorityPem)
  for (const nickname of trustedNicknames(list))
    if (essence((await certutil('-n', nickname, '-a')) ?? '').includes(wanted)) return 'yes'
  return 'no'
}

/** Lines of `certutil -L` end with three columns of letters; C in the first is trust in it for servers. */
function trustedNicknames(list: string): readonly string[] {
  return list.split('\n').flatMap((line) => {
    const [, nickname] = /^(.*\S)\s+[a-zA-Z]*C[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*\s*$/.exec(line) ?? []
    return nickname === undefined ? [] : [nickname]
  })
}
