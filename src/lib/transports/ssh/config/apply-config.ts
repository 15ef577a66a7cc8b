import { listCovers } from '../patterns.ts'
import { configError } from './config-error.ts'
import type { ConfigWorld } from './config-world.ts'
import { expand } from './expand.ts'
import { pathsCovered } from './included-paths.ts'
import { hold } from './hold-criteria.ts'
import { readConfig, type ConfigFile } from './read-config.ts'
import type { Pass } from './pass.ts'
import type { SettingsBook } from './settings.ts'
import type { Statement } from './statement.ts'
import { tokensSoFar } from './tokens.ts'

interface Walk {
  readonly pass: Pass
  readonly world: ConfigWorld
}

/** Where a file stands: below how many others, and whether it can apply at all. */
interface Standing {
  readonly file: ConfigFile
  readonly depth: number
  readonly canApply: boolean
}

const systemFile = '/etc/ssh/ssh_config'
const maxDepth = 16

/** Puts what the configuration says about a host into `pass.settings`. */
export async function applyConfig(pass: Pass, world: ConfigWorld): Promise<void> {
  for (const file of filesOf(world)) {
    const statements = await statementsOf(file, world)
    if (statements === undefined && file.path === world.configFile)
      throw configError(file.path, 'there is no such file')
    await walk(statements ?? [], { pass, world, standing: { file, depth: 0, canApply: true } })
  }
}

function filesOf(world: ConfigWorld): ConfigFile[] {
  const { configFile, home } = world
  if (configFile?.toLowerCase() === 'none') return []
  if (configFile !== undefined) return [{ path: configFile, isOfUser: true, isChecked: false }]
  return [
    { path: `${home}/.ssh/config`, isOfUser: true, isChecked: true },
    { path: systemFile, isOfUser: false, isChecked: false },
  ]
}

function statementsOf(file: ConfigFile, world: ConfigWorld): Promise<readonly Statement[] | undefined> {
  const key = `${file.path}\0${file.isOfUser ? 'user' : 'system'}${file.isChecked ? ' checked' : ''}`
  return world.memory.statements(key, () => readConfig(file, world))
}

async function walk(
  statements: readonly Statement[],
  on: Walk & { readonly standing: Standing },
): Promise<void> {
  const { pass, standing } = on
  let applies = standing.canApply
  for (const statement of statements) {
    if (statement.type === 'setting') {
      if (applies) pass.settings.take(statement)
    } else if (statement.type === 'host') {
      applies = standing.canApply && listCovers(statement.patterns, pass.host)
    } else if (statement.type === 'match') {
      // Asked even where it cannot apply: a "final" in it counts all the same.
      applies = (await hold(statement, on)) && standing.canApply
    } else if (statement.type === 'include') {
      await include(statement, { ...on, standing: { ...standing, canApply: applies } })
    } else refuse(statement, pass.settings)
  }
}

/** Throws for a line that ssh would not take; IgnoreUnknown may say otherwise. */
function refuse(statement: Statement & { readonly type: 'unknown' | 'wrong' }, settings: SettingsBook): void {
  if (statement.type === 'wrong') throw configError(statement.place, statement.problem)
  const ignored = settings.word('ignoreunknown')?.toLowerCase().split(',') ?? []
  if (listCovers(ignored, statement.keyword)) return
  throw configError(statement.place, `"${statement.keyword}" is no keyword of ssh_config`)
}

async function include(
  statement: Statement & { readonly type: 'include' },
  on: Walk & { readonly standing: Standing },
): Promise<void> {
  const { depth, canApply, file } = on.standing
  for (const written of statement.paths) {
    const pattern = patternOf({ written, place: statement.place, file }, on)
    for (const path of await on.world.memory.paths(pattern, () => pathsCovered(pattern))) {
      if (depth >= maxDepth) throw configError(statement.place, 'includes go too deep')
      const included = { path, isOfUser: file.isOfUser, isChecked: true }
      const statements = await statementsOf(included, on.world)
      await walk(statements ?? [], { ...on, standing: { file: included, depth: depth + 1, canApply } })
    }
  }
}

/** Relative names are looked for in ~/.ssh, for files of the system in /etc/ssh. */
function patternOf(
  path: { readonly written: string; readonly place: string; readonly file: ConfigFile },
  on: Walk,
): string {
  const { written, place, file } = path
  const { environment, home } = on.world
  const isPlain = !written.includes('%') && !written.includes('${')
  const text = isPlain ? written : expand(written, { tokens: tokensSoFar(on), environment, place })
  if (text.startsWith('/')) return text
  if (!text.startsWith('~')) return `${file.isOfUser ? `${home}/.ssh` : '/etc/ssh'}/${text}`
  if (!file.isOfUser) throw configError(place, `a file of the system cannot include "${text}"`)
  if (text !== '~' && !text.startsWith('~/'))
    throw configError(place, `"${text}" is in the home of somebody else; write the whole path`)
  return home + text.slice(1)
}
