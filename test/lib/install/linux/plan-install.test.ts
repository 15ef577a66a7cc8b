import { describe, expect, it } from 'vitest'
import { enforcerPaths as paths } from '../../../../src/contract/enforcer-paths.ts'
import { mergeConfiguration } from '../../../../src/lib/install/linux/configuration.ts'
import {
  emptyHost,
  managedFolders,
  type InstalledState,
} from '../../../../src/lib/install/linux/inspect-host.ts'
import { planInstall, type WantedInstall } from '../../../../src/lib/install/linux/plan-install.ts'
import { Secret } from '../../../../src/lib/secrets/secret.ts'
import { aBundle } from '../a-bundle.ts'

const configuration = {
  api: 'https://c:1',
  namespace: '/a',
  apiSkipVerify: false,
  hasAuthority: true,
  tags: [],
  rawFlags: undefined,
}
const token = new Secret('the-token')
const wanted: WantedInstall = {
  bundle: aBundle(),
  configuration,
  authorityPem: 'PEM',
  enrolment: { type: 'token', token },
  delivered: new Map(),
  source: { type: 'copy' },
}

/** A host on which `wanted` was installed and the enforcer has registered itself. */
function installedHost(change: Partial<InstalledState> = {}): InstalledState {
  const file = (content: string, mode = '644') => ({ content, mode })
  return {
    ...emptyHost('x86_64'),
    currentVersion: '1.0.0',
    manifests: new Map([['1.0.0', wanted.bundle.manifestText]]),
    folders: new Map(managedFolders.map((path) => [path, true])),
    files: new Map([
      [paths.configuration, file(mergeConfiguration(configuration, undefined), '600')],
      [paths.credential, file('{}', '600')],
      [paths.consoleAuthority, file('PEM')],
      [paths.unit, file('[Unit]\n')],
      [paths.modulesLoad, file('nf_tables\n')],
    ]),
    serviceActive: true,
    serviceEnabled: true,
    ...change,
  }
}

const idsOf = (state: InstalledState, wish: WantedInstall = wanted) =>
  planInstall(state, wish).map(({ id }) => id)

describe('the plan of an installation', () => {
  it('starts from nothing and ends with the service', () => {
    const ids = idsOf(emptyHost('x86_64'))
    expect(ids.at(0)).toBe('settle')
    expect(ids.at(-1)).toBe('service')
    expect(ids).toContain('layer runtime')
    expect(ids.indexOf('version')).toBeGreaterThan(ids.indexOf('layer app'))
    expect(ids.indexOf('current')).toBeGreaterThan(ids.indexOf('version'))
  })

  it('is empty for a host that is as it should be', () => {
    expect(idsOf(installedHost())).toEqual([])
  })

  it('only starts a service that does not run', () => {
    expect(idsOf(installedHost({ serviceActive: false }))).toEqual(['settle', 'service'])
  })

  it('moves only the layer that changed', () => {
    const newer = { ...wanted, bundle: aBundle({ version: '1.1.0', app: 'newer' }) }
    const steps = planInstall(installedHost(), newer)
    expect(steps.find(({ id }) => id === 'layer runtime')?.title).toBe(
      'take the runtime layer from 1.0.0, which has the same',
    )
    expect(steps.find(({ id }) => id === 'layer app')?.title).toMatch(/^copy the app layer/)
  })

  it('never puts the token into a title, an argument or a script', () => {
    const steps = planInstall(emptyHost('x86_64'), wanted)
    const visible = steps.map(({ id, title, change, undo }) => [id, title, change.script, change.args, undo])
    expect(JSON.stringify(visible)).not.toContain('the-token')
    const files = steps.filter(({ id }) => id.startsWith('file '))
    const written = files.map(({ change }) => change.stdin?.() as string)
    expect(written.join('')).toContain('the-token')
  })

  it('leaves the credential and the token alone on a host that is registered', () => {
    const ids = idsOf(installedHost(), { ...wanted, authorityPem: 'OTHER' })
    expect(ids).toEqual(['settle', `file ${paths.consoleAuthority}`, 'service'])
  })

  it('writes a credential made for the host in app credential mode', () => {
    const file = new Secret('{"ID":"x"}')
    const steps = planInstall(emptyHost('x86_64'), { ...wanted, enrolment: { type: 'app-credential', file } })
    const step = steps.find(({ id }) => id === `file ${paths.credential}`)
    expect(step?.change.args).toEqual([paths.credential, '0600'])
  })
})
