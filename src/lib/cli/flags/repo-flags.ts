import { Flags } from '@oclif/core'
import { ApoctlError } from '../../errors/apoctl-error.ts'

const helpGroup = 'ENFORCER'
const notWithRepo = ['bundle', 'bundle-key', 'from-url', 'relay']

/** Reads the address of a repository, without a slash at its end. What it holds is believed by its signature. */
export function parseRepo(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const problem = url === undefined ? 'is no address' : problemOf(url)
  if (url !== undefined && problem === undefined) return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  throw new ApoctlError(['APO-INPUT-VALUE', `--repo "${text}" ${problem}`], {
    hints: ['Write it as https://packages.example.com/enforcer, or as console.'],
  })
}

function problemOf({ protocol, username, password, search, hash, pathname }: URL): string | undefined {
  if (protocol !== 'https:' && protocol !== 'http:') return 'is neither https nor http'
  if (username !== '' || password !== '') return 'holds a login, which everybody on the hosts could read'
  if (search !== '' || hash !== '') return 'has something behind its path'
  return /^[\w./~+-]*$/.test(pathname) ? undefined : 'has a path that package managers do not take'
}

/** Which repository of packages hosts get the enforcer from. */
export const repoFlags = {
  repo: Flags.string({
    summary:
      'Have the package manager of the hosts install the enforcer from this repository, or with "console" from ' +
      'the one that the Console names, instead of copying the bundle.',
    helpValue: 'URL',
    exclusive: notWithRepo,
    parse: (text) => {
      if (text !== 'console') parseRepo(text)
      return Promise.resolve(text)
    },
    helpGroup,
  }),
  'repo-key': Flags.string({
    summary:
      'Public OpenPGP key that the repository is signed with: a file, or an https address that is asked from here. ' +
      'Default: the one that the Console names.',
    helpValue: 'FILE|URL',
    dependsOn: ['repo'],
    helpGroup,
  }),
}

export interface RepoFlags {
  readonly repo?: string | undefined
  readonly 'repo-key'?: string | undefined
}
