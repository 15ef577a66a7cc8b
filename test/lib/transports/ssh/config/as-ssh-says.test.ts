import fc from 'fast-check'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { ApoctlError } from '../../../../../src/lib/errors/apoctl-error.ts'
import type { ConfigWorld } from '../../../../../src/lib/transports/ssh/config/config-world.ts'
import type { Setting } from '../../../../../src/lib/transports/ssh/config/settings.ts'
import { resolveTarget } from '../../../../../src/lib/transports/ssh/config/resolve-target.ts'
import { resolveHostSettings } from '../../../../../src/lib/transports/ssh/host-settings.ts'
import type { SshContext } from '../../../../../src/lib/transports/ssh/ssh-context.ts'
import { sshContext } from '../../../../helpers/connect-to.ts'
import { apoctlPrints, comparable, compared, sshPrints } from '../../../../helpers/ssh-prints.ts'
import { anyConfig, anyHost } from './any-config.ts'
import { accepted, refused, type CorpusCase } from './corpus.ts'
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts'

/** What decides where we go, as whom, by which key, whom we trust, and when we give up: none may go uncompared. */
const decisive = [
  'hostname port user addressfamily bindaddress bindinterface proxyjump proxycommand',
  'identityfile certificatefile identitiesonly identityagent pubkeyacceptedalgorithms preferredauthentications',
  'userknownhostsfile globalknownhostsfile hostkeyalias stricthostkeychecking revokedhostkeys hostkeyalgorithms',
  'connecttimeout connectionattempts serveraliveinterval serveralivecountmax kexalgorithms ciphers macs compression',
].flatMap((line) => line.split(' '))

const environment = { PATH: process.env['PATH'], HOME: '/root', APOCTL_TEST: '/from/env' }
const directory = temporaryFolder('ssh-g')
let files = 0

function contextFor(config: string) {
  files += 1
  const configFile = join(directory, `config-${files}`)
  writeFileSync(configFile, config)
  return sshContext([], { home: '/root', environment, configFile, machineName: hostname() })
}

async function bothSay(one: CorpusCase, host: string) {
  const context = contextFor(one.config)
  const given: Setting[] = []
  if (one.user !== undefined) given.push({ keyword: 'user', words: [one.user], place: '-l' })
  if (one.port !== undefined) given.push({ keyword: 'port', words: [String(one.port)], place: '-p' })
  const options = given.flatMap(({ place, words: [word = ''] }) => [place, word])
  const real = await sshPrints({ config: context.configFile ?? '', host, options, environment })
  if ('refused' in real)
    throw new Error(`ssh refuses ${JSON.stringify(one.config)}: ${real['refused'] ?? ''}`)
  const world: ConfigWorld = { ...context, memory: context.memory.config }
  const resolved = await resolveTarget({ host, given }, world)
  const settings = await resolveHostSettings({ host, user: one.user, port: one.port }, context)
  return { ours: apoctlPrints(resolved, settings), real: comparable(real, resolved.settings) }
}

async function bothResolved(
  host: string,
  from: { readonly context: SshContext; readonly world: ConfigWorld },
) {
  const resolved = await resolveTarget({ host, given: [] }, from.world)
  return { resolved, settings: await resolveHostSettings({ host }, from.context) }
}

describe('what ssh -G says, apoctl does', () => {
  const cases = Object.entries(accepted).flatMap(([theme, list]) =>
    list.flatMap((one) => (one.hosts ?? ['web1']).map((host) => [theme, host, one] as const)),
  )

  it('about a corpus that is large enough, and that has a word to say on every keyword', () => {
    const configs = new Set(Object.values(accepted).flatMap((list) => list.map(({ config }) => config)))
    expect(configs.size).toBeGreaterThanOrEqual(80)
    const written = [...configs].join('\n').toLowerCase()
    const untried = compared.filter((keyword) => !new RegExp(`^\\W*${keyword}\\b`, 'm').test(written))
    expect(untried).toEqual([])
    expect(compared).toEqual(expect.arrayContaining(decisive))
  })

  it.each(cases)('about %s, for %s: %j', async (_, host, one) => {
    const { ours, real } = await bothSay(one, host)
    expect(ours).toEqual(real)
  })

  it('about any configuration, for any host, whether ssh takes it or not', async () => {
    const property = fc.asyncProperty(anyConfig, anyHost, async (config, host) => {
      const context = contextFor(config)
      const real = await sshPrints({ config: context.configFile ?? '', host, environment })
      const world: ConfigWorld = { ...context, memory: context.memory.config }
      const ours = await bothResolved(host, { context, world }).catch(
        (error: unknown) => error as ApoctlError,
      )
      if (ours instanceof Error) expect([ours.code, 'refused' in real]).toEqual(['APO-SSH-CONFIG', true])
      else if ('refused' in real) expect.unreachable(`ssh refuses it: ${real['refused'] ?? ''}`)
      else
        expect(apoctlPrints(ours.resolved, ours.settings)).toEqual(comparable(real, ours.resolved.settings))
    })
    await fc.assert(property, { numRuns: Number(process.env['APOCTL_SSH_CONFIGS'] ?? 150) })
  }, 600_000)

  it.each(refused)('refuses %j at line %i, as ssh does', async (config, line) => {
    const host = 'web1'
    const context = contextFor(config)
    expect(await sshPrints({ config: context.configFile ?? '', host, environment })).toHaveProperty('refused')
    const attempt = resolveHostSettings({ host }, context)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-CONFIG', exitCode: 2 })
    await expect(attempt).rejects.toThrow(`${context.configFile ?? ''}:${line}: `)
  })

  it.each([
    'IdentityFile ~/.ssh/id_%r_%h\nIdentityFile /k/%n-%p-%u-%i-%L-%l-%C-%%\nProxyCommand true %h:%p\n',
    'HostName Real.example\nPort 2200\nUser bob\nHostKeyAlias Kk\nIdentityFile ${APOCTL_TEST}/%k\nProxyCommand true %n %r %k %%\n',
    'CertificateFile ~/a-cert.pub\nCertificateFile /c/%h\nIdentityFile none\nIdentityFile /x\nProxyCommand true "[%h]"\n',
  ])('fills in the paths and the command that it goes on with: %j', async (config) => {
    const context = contextFor(config)
    const { route, login } = await resolveHostSettings({ host: 'web1' }, context)
    const args = ['-v', '-F', context.configFile ?? '', 'web1']
    const { stderr } = await promisify(execFile)('ssh', args, { env: environment }).catch(
      (error: unknown) => error as { readonly stderr: string },
    )
    const said = (pattern: RegExp) => [...stderr.matchAll(pattern)].map(([, path]) => path)
    const identities = said(/identity file (\S+) type/g).filter((path) => path?.endsWith('-cert') === false)
    expect(login.identityFiles.map(({ path }) => path)).toEqual(identities)
    expect(login.certificateFiles).toEqual(said(/certificate file (\S+) type/g))
    expect(route.proxy).toMatchObject({ command: said(/Executing proxy command: exec ([^\r\n]*)/g)[0] })
  })
})
