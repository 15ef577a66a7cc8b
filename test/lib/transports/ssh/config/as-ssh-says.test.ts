import { mkdtempSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ConfigWorld } from '../../../../../src/lib/transports/ssh/config/config-world.ts'
import type { Setting } from '../../../../../src/lib/transports/ssh/config/settings.ts'
import { resolveTarget } from '../../../../../src/lib/transports/ssh/config/resolve-target.ts'
import { resolveHostSettings } from '../../../../../src/lib/transports/ssh/host-settings.ts'
import { sshContext } from '../../../../helpers/connect-to.ts'
import { apoctlPrints, comparable, sshPrints } from '../../../../helpers/ssh-prints.ts'
import { accepted, refused, type CorpusCase } from './corpus.ts'

const environment = { PATH: process.env['PATH'], HOME: '/root', APOCTL_TEST: '/from/env' }
const directory = mkdtempSync(join(tmpdir(), 'apoctl-ssh-g-'))
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

describe('what ssh -G says, apoctl does', () => {
  const cases = Object.entries(accepted).flatMap(([theme, list]) =>
    list.flatMap((one) => (one.hosts ?? ['web1']).map((host) => [theme, host, one] as const)),
  )

  it.each(cases)('about %s, for %s: %j', async (_, host, one) => {
    const { ours, real } = await bothSay(one, host)
    expect(ours).toEqual(real)
  })

  it.each(refused)('refuses %j at line %i, as ssh does', async (config, line) => {
    const host = 'web1'
    const context = contextFor(config)
    expect(await sshPrints({ config: context.configFile ?? '', host, environment })).toHaveProperty('refused')
    const attempt = resolveHostSettings({ host }, context)
    await expect(attempt).rejects.toMatchObject({ code: 'APO-SSH-CONFIG', exitCode: 2 })
    await expect(attempt).rejects.toThrow(`${context.configFile ?? ''}:${line}: `)
  })
})
