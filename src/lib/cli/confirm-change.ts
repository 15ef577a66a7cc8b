import { ApoctlError } from '../errors/apoctl-error.ts'
import type { FleetHost } from '../fleet/fleet-host.ts'
import { foldNames } from '../progress/fold-names.ts'
import type { CommandContext } from './context.ts'

/** What is about to happen to which hosts. */
export interface ComingChange {
  /** Completes "… web[1-3]?": `Install the enforcer on`. */
  readonly verb: string
  readonly hosts: readonly FleetHost[]
  readonly flags: { readonly confirm: boolean }
}

/** Asks once before hosts are changed. Throws APO-DECLINED on a no, APO-INPUT-MISSING where nobody can be asked. */
export async function confirmChange(
  change: ComingChange,
  context: Pick<CommandContext, 'ask'>,
): Promise<void> {
  if (change.flags.confirm) return
  const names = foldNames(change.hosts.map(({ name }) => name))
  const text = `${change.verb} ${names} (${change.hosts.length})?`
  if (await context.ask.confirm({ text, flag: '--confirm' })) return
  throw new ApoctlError(['APO-DECLINED', 'nothing was changed: you said no'])
}
