import { createHash } from 'node:crypto'
import type { EnforcerBundle } from '../../../src/lib/install/bundle/open-enforcer-bundle.ts'
import type { EnforcerLayerName, EnforcerManifest } from '../../../src/contract/enforcer-bundle.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A bundle in memory; layers of the same content have the same digest, as real ones do. */
export function aBundle(
  content: { version?: string; runtime?: string; app?: string; folder?: string } = {},
): EnforcerBundle {
  const { version = '1.0.0', runtime = 'node', app = 'enforcer', folder = '/nowhere' } = content
  const layer = (name: EnforcerLayerName, text: string) => ({
    name,
    file: `${name}.tar.gz`,
    path: `${folder}/${name}.tar.gz`,
    sha256: digest(text),
    sizeBytes: text.length,
    files: [{ path: `${name}/file`, mode: '0755', sha256: digest(text), sizeBytes: text.length }],
  })
  const layers = [layer('runtime', runtime), layer('app', app)]
  const manifest: EnforcerManifest = {
    format: 'prisma-enforcer-bundle/v1',
    version,
    platform: 'linux-x64',
    node: '22.0.0',
    layers,
    requirements: { glibc: '2.28', libstdcxx: '3.4.25', kernel: '4.18', systemd: '232', diskBytes: 1000 },
  }
  return {
    manifest,
    manifestText: JSON.stringify(manifest),
    signatureText: 'signature',
    keyPem: 'key',
    layers,
    unit: '[Unit]\n',
    modulesLoad: 'nf_tables\n',
  }
}
