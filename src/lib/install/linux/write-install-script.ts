import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { HostInstallOptions } from './host-install.ts'
import { emptyHost } from './inspect-host.ts'
import { renderInstallScript } from './install-script.ts'
import { planInstall } from './plan-install.ts'

export interface InstallScriptReport {
  readonly file: string
  readonly sizeBytes: number
  readonly version: string
  readonly console: string
  readonly namespace: string
}

export const installScriptName = 'installenforcer.sh'
/** Scripts are written for the machines that most hosts are. */
const machine = 'x86_64'

/** Writes installenforcer.sh into a folder. Rejects with APO-INPUT-FILE where it cannot, or where one is. */
export async function writeInstallScript(
  options: Pick<HostInstallOptions, 'bundleFor' | 'configuration' | 'authorityPem'> & {
    readonly folder: string
  },
  context: { readonly version: string },
): Promise<InstallScriptReport> {
  const bundle = await options.bundleFor(machine)
  const { api, namespace } = options.configuration
  const { version } = bundle.manifest
  const nothing = { delivered: new Map(), enrolment: undefined, source: { type: 'copy' } } as const
  const steps = planInstall(emptyHost(machine), { ...options, bundle, ...nothing })
  const script = await renderInstallScript(steps, { version, api, namespace, apoctlVersion: context.version })
  const file = join(options.folder, installScriptName)
  const parts = [script.text, ...script.payload]
  await writeNew(file, parts)
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0)
  return { file, sizeBytes, version, console: api, namespace }
}

async function writeNew(file: string, parts: readonly Buffer[]): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o755)
    try {
      for (const part of parts) await handle.writeFile(part)
    } finally {
      await handle.close()
    }
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw new ApoctlError(
      ['APO-INPUT-FILE', `${file} ${exists ? 'is there already' : 'cannot be written'}`],
      {
        hints: ['Give another folder with --output-dir, or move the file away.'],
        cause: error,
      },
    )
  }
}
