import { ApoctlError } from '../errors/apoctl-error.ts'
import type { Check } from './checks/check.ts'

/** Which checks count, by id, by the start of one (`linux.kernel`) or with `*` in it. */
export interface CheckSelection {
  /** Only these are asked; empty means all. */
  readonly only: readonly string[]
  /** These are asked and shown, and count as information. */
  readonly skip: readonly string[]
  /** Overridable checks whose failure is accepted. */
  readonly acceptRisk: readonly string[]
}

export const everyCheck: CheckSelection = { only: [], skip: [], acceptRisk: [] }

/**
 * The checks to ask. Throws APO-INPUT-VALUE for a word that names no check, and for a risk that is
 * none to accept.
 */
export function selectChecks(checks: readonly Check[], selection: CheckSelection): readonly Check[] {
  const flags = { '--only': selection.only, '--skip': selection.skip, '--accept-risk': selection.acceptRisk }
  for (const [flag, patterns] of Object.entries(flags))
    for (const pattern of patterns)
      if (!checks.some(({ id }) => isNamed(id, pattern))) throw unknownCheck({ flag, pattern }, checks)
  for (const pattern of selection.acceptRisk) refuseUnacceptable(pattern, checks)
  return selection.only.length === 0 ? checks : checks.filter(({ id }) => isNamedBy(id, selection.only))
}

export function isNamedBy(id: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => isNamed(id, pattern))
}

function isNamed(id: string, pattern: string): boolean {
  if (!pattern.includes('*')) return id === pattern || id.startsWith(`${pattern}.`)
  const expression = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${expression}$`).test(id)
}

function refuseUnacceptable(pattern: string, checks: readonly Check[]): void {
  const hard = checks.find(({ id, severity }) => isNamed(id, pattern) && severity === 'error')
  if (hard === undefined) return
  throw new ApoctlError(['APO-INPUT-VALUE', `${hard.id} is an error, not a risk that can be accepted`], {
    hints: [`To judge it without counting it: --skip ${hard.id}`],
  })
}

function unknownCheck(
  wrong: { readonly flag: string; readonly pattern: string },
  checks: readonly Check[],
): ApoctlError {
  const word = wrong.pattern.toLowerCase().split(/[.*]/).at(-1) ?? ''
  const near = word === '' ? [] : checks.filter(({ id }) => id.toLowerCase().includes(word)).slice(0, 3)
  const guess = near.length === 0 ? [] : [`Did you mean ${near.map(({ id }) => id).join(' or ')}?`]
  return new ApoctlError(['APO-INPUT-VALUE', `${wrong.flag} ${wrong.pattern} names no check`], {
    hints: [...guess, 'List them all: apoctl preflight linux --list'],
  })
}
