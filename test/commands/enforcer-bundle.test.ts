import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaProblems } from '../helpers/json-schema.ts'
import { runApoctl } from '../helpers/run-apoctl.ts'
import { makeBundle, publicKeyPem, type MadeBundle } from '../lib/install/install-scene.ts'

let bundle: MadeBundle
let folder: string
let from: readonly string[]
beforeAll(async () => {
  bundle = await makeBundle({ runtimeBytes: 10_000, appBytes: 1000 })
  folder = mkdtempSync(join(tmpdir(), 'apoctl-export-'))
  const key = join(folder, 'key.pem')
  writeFileSync(key, publicKeyPem)
  from = ['--bundle', bundle.home, '--bundle-key', key]
})
afterAll(() => {
  for (const made of [bundle.home, folder]) rmSync(made, { recursive: true })
})

const run = (...words: readonly string[]) =>
  runApoctl(['enforcer', 'bundle', 'export', ...words], { env: { XDG_CACHE_HOME: join(folder, 'cache') } })

describe('enforcer bundle export', () => {
  it('says what it wrote, and what to do with it', async () => {
    const file = join(folder, 'text.tar')
    const { stdout, exitCode } = await run(...from, '--output-file', file)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`Wrote ${file} (`)
    expect(stdout).toContain(`apoctl enforcer install linux --bundle ${file}`)
  })

  it('says so in JSON, of an archive as of a folder', async () => {
    const [first, second] = [join(folder, 'first.tar'), join(folder, 'second.tar')]
    const one = JSON.parse((await run(...from, '--output-file', first, '--json')).stdout) as {
      sha256: string
    }
    expect(schemaProblems('BundleExportReport', one)).toEqual([])
    const key = from.slice(2)
    const again = await run('--bundle', first, ...key, '--output-file', second, '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ sha256: one.sha256, platforms: ['linux-x64'] })
    expect(existsSync(join(folder, 'cache/apoctl/bundles', one.sha256))).toBe(true)
  })

  it('refuses what is there, what nobody trusted signed, and a platform that is not there', async () => {
    const file = join(folder, 'there.tar')
    writeFileSync(file, '')
    expect(await run(...from, '--output-file', file)).toMatchObject({ exitCode: 2 })
    expect((await run('--bundle', bundle.home)).stderr).toContain('APO-BUNDLE-SIGNATURE')
    expect((await run(...from, '--platform', 'linux-arm64')).stderr).toContain(
      'has no bundle for linux-arm64',
    )
  })
})
