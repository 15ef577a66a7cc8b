import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { RunEnvironment } from './run-environment.ts'
import type { ProfileValue } from './settings.ts'

/** What a profile may set; each is a flag of the commands that talk to a Console. */
const profileKeys = ['api', 'namespace', 'creds', 'token', 'api-cacert', 'api-skip-verify', 'output'] as const

export type ProfileKey = (typeof profileKeys)[number]

/**
 * Reads the selected profile: `--config FILE`, else `APOCTL_CONFIG`, else `~/.apoctl/<name>.yaml` with
 * the name of `APOCTL_CONFIG_NAME`, or `default`. Only a profile nobody asked for by name may be missing.
 */
export async function readProfile(
  argv: readonly string[],
  environment: RunEnvironment,
): Promise<ReadonlyMap<string, ProfileValue>> {
  const { file, asked } = profileFile(argv, environment)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (!asked && (error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw new ApoctlError(['APO-INPUT-FILE', `the profile ${file} cannot be read`], { cause: error })
  }
  return parseProfile({ file, text }, environment.home)
}

function profileFile(argv: readonly string[], environment: RunEnvironment): { file: string; asked: boolean } {
  const { env, dataDir, workingDir } = environment
  const flag = flagValue(argv) ?? env['APOCTL_CONFIG']
  if (flag !== undefined) return { file: resolve(workingDir, flag), asked: true }
  const name = env['APOCTL_CONFIG_NAME']
  return { file: join(dataDir, `${name ?? 'default'}.yaml`), asked: name !== undefined }
}

function flagValue(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '--config' || word.startsWith('--config='))
  if (at === -1) return undefined
  return argv[at]?.includes('=') === true ? argv[at].slice('--config='.length) : argv[at + 1]
}

async function parseProfile(
  source: { readonly file: string; readonly text: string },
  home: string,
): Promise<ReadonlyMap<string, ProfileValue>> {
  const { isMap, isScalar, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false })
  const wrong = (offset: number, what: string): ApoctlError =>
    new ApoctlError(['APO-INPUT-FILE', `${source.file}:${lines.linePos(offset).line}: ${what}`], {
      hints: [`A profile knows: ${profileKeys.join(', ')}.`],
    })
  const [problem] = document.errors
  if (problem !== undefined) throw wrong(problem.pos[0], problem.message.split('\n')[0] ?? 'no YAML')
  if (document.toJS() === null) return new Map()
  if (!isMap(document.contents)) throw wrong(0, 'a profile is a list of "key: value" lines')
  return new Map(
    document.contents.items.map(({ key, value }) => {
      const offset = isScalar(key) ? key.range[0] : 0
      const name = String(key)
      if (!(profileKeys as readonly string[]).includes(name))
        throw wrong(offset, `"${name}" is not a setting of a profile`)
      if (!isScalar(value) || !['string', 'boolean'].includes(typeof value.value))
        throw wrong(offset, `"${name}" takes one text or true or false`)
      const text = typeof value.value === 'boolean' ? value.value : expandHome(String(value.value), home)
      return [name, { value: text, source: `${source.file}:${lines.linePos(offset).line}` }] as const
    }),
  )
}

function expandHome(text: string, home: string): string {
  return text.startsWith('~/') ? join(home, text.slice(2)) : text
}
