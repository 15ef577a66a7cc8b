import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBundleShelf, type BundleShelf } from '../../../../src/lib/install/bundle/bundle-shelf.ts'
import { exportBundle, type BundleExportOptions } from '../../../../src/lib/install/bundle/export-bundle.ts'
import { writeArchive, type ArchivedFile } from '../../../../src/lib/install/bundle/write-archive.ts'
import { digest, makeBundle, publicKeyPem, signed, type MadeBundle } from '../install-scene.ts'

let bundle: MadeBundle
let key: string
beforeAll(async () => {
  bundle = await makeBundle({ runtimeBytes: 50_000, appBytes: 1000 })
  await makeBundle({ home: bundle.home, platform: 'linux-arm64', runtimeBytes: 40_000, appBytes: 1000 })
  key = join(bundle.home, 'key.pem')
  writeFileSync(key, publicKeyPem)
})
afterAll(() => rmSync(bundle.home, { recursive: true }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apoctl-archive-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const cacheFolder = () => join(folder, 'cache')
const shelfOf = (source: string): BundleShelf =>
  openBundleShelf({ source, cacheFolder: cacheFolder(), trustedKeyFiles: [key], version: undefined })
const world = { signal: AbortSignal.timeout(30_000) }
const exported = (change: Partial<BundleExportOptions> = {}) =>
  exportBundle(
    { shelf: shelfOf(bundle.home), platform: 'all', file: undefined, workingDir: folder, ...change },
    world,
  )

describe('an exported bundle', () => {
  it('opens as the folder does that it was made of', async () => {
    const report = await exported()
    expect(report).toMatchObject({ version: '1.0.0', platforms: ['linux-x64', 'linux-arm64'] })
    expect(report.file).toBe(join(folder, 'prisma-enforcer-1.0.0-all.tar'))
    const opened = await shelfOf(report.file).forMachine('x86_64')
    expect(opened.manifest).toEqual(bundle.manifest)
    for (const [index, layer] of opened.layers.entries())
      expect(readFileSync(layer.path).equals(readFileSync(bundle.layers[index]!.path))).toBe(true)
  })

  it('is a tar that tar reads, whose README says how to check it by hand, rightly', async () => {
    const { file, sha256, sizeBytes } = await exported({ platform: 'linux-x64', file: 'my.tar' })
    expect(file).toBe(join(folder, 'my.tar'))
    expect(digest(readFileSync(file))).toBe(sha256)
    expect(statSync(file).size).toBe(sizeBytes)
    execFileSync('tar', ['xf', file], { cwd: folder })
    const readme = readFileSync(join(folder, 'README.txt'), 'utf8')
    const commands = readme.split('\n').filter((line) => /^ {2}(base64|openssl|sha256sum)/.test(line))
    const said = execFileSync('sh', ['-ec', commands.join('\n')], { cwd: folder, encoding: 'utf8' })
    expect(said).toContain('Signature Verified Successfully')
    for (const line of said.split('\n').filter((each) => each.endsWith('.tar.gz')))
      expect(readme).toContain(line)
    expect(said).toContain(bundle.layers[0]!.sha256)
  })

  it('has the same bytes when it is exported again', async () => {
    const [one, other] = [await exported({ file: 'one.tar' }), await exported({ file: 'other.tar' })]
    expect(one.sha256).toBe(other.sha256)
  })

  it('never overwrites a file, and leaves it as it is', async () => {
    writeFileSync(join(folder, 'precious.tar'), 'mine')
    await expect(exported({ file: 'precious.tar' })).rejects.toMatchObject({ code: 'APO-INPUT-FILE' })
    expect(readFileSync(join(folder, 'precious.tar'), 'utf8')).toBe('mine')
  })

  it('leaves nothing where it cannot be written to its end', async () => {
    const stop = AbortSignal.abort(new Error('stopped'))
    const shelf = shelfOf(bundle.home)
    const options = { shelf, platform: 'all', file: 'half.tar', workingDir: folder } as const
    await expect(exportBundle(options, { signal: stop })).rejects.toThrow('stopped')
    expect(readdirSync(folder)).toEqual([])
    await expect(exported({ file: 'no/such/folder.tar' })).rejects.toMatchObject({ code: 'APO-INPUT-FILE' })
  })

  it('is not made of a bundle that is not whole', async () => {
    const spoilt = await makeBundle({ runtimeBytes: 1000, appBytes: 1000 })
    appendFileSync(spoilt.layers[0]!.path, 'x')
    await expect(exported({ shelf: shelfOf(spoilt.home) })).rejects.toMatchObject({
      code: 'APO-BUNDLE-LAYER',
    })
    expect(readdirSync(folder)).toEqual([])
    rmSync(spoilt.home, { recursive: true })
  })

  it('is unpacked once, into a folder of one account alone', async () => {
    const { file, sha256 } = await exported()
    await shelfOf(file).forPlatform('linux-x64')
    const unpacked = join(cacheFolder(), sha256)
    expect(statSync(unpacked).mode & 0o077).toBe(0)
    const before = statSync(unpacked).ino
    await shelfOf(file).forPlatform('linux-x64')
    expect(statSync(unpacked).ino).toBe(before)
    expect(readdirSync(cacheFolder())).toEqual([sha256])
  })

  it('is unpacked anew where what was unpacked is not whole any more', async () => {
    const { file, sha256 } = await exported()
    await shelfOf(file).forPlatform('linux-x64')
    truncateSync(join(cacheFolder(), sha256, 'linux-x64', bundle.layers[0]!.file), 10)
    await shelfOf(file).forPlatform('linux-x64')
    expect(readdirSync(cacheFolder())).toEqual([sha256])
  })

  it('is forgotten when it was not used for a month, and what killed runs left as well', async () => {
    const path = (name: string) => join(cacheFolder(), name)
    const longAgo = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000)
    for (const name of ['old', '.new-old', 'recent']) mkdirSync(path(name), { recursive: true })
    for (const name of ['old', '.new-old']) utimesSync(path(name), longAgo, longAgo)
    const { file, sha256 } = await exported()
    await shelfOf(file).forPlatform('linux-x64')
    expect(readdirSync(cacheFolder()).sort()).toEqual([sha256, 'recent'].sort())
    utimesSync(path(sha256), longAgo, longAgo)
    await shelfOf(file).forPlatform('linux-x64')
    expect(readdirSync(cacheFolder())).toContain(sha256)
  })

  it('says where it cannot be unpacked', async () => {
    const { file } = await exported()
    writeFileSync(join(folder, 'cache'), 'no folder')
    await expect(shelfOf(file).forPlatform('linux-x64')).rejects.toMatchObject({
      code: 'APO-INPUT-FILE',
      message: `${file} cannot be unpacked below ${cacheFolder()} (ENOTDIR)`,
    })
  })

  it('says so where it has nothing for a machine', async () => {
    const { file } = await exported({ platform: 'linux-x64' })
    await expect(shelfOf(file).forMachine('aarch64')).rejects.toMatchObject({
      code: 'APO-BUNDLE-MISSING',
      message: `${file} has no bundle for linux-arm64`,
    })
  })
})

describe('an archive from somebody else', () => {
  const manifest = () => bundle.manifestText
  const layerFiles = (): ArchivedFile[] =>
    bundle.layers.map(({ file, path, sizeBytes }) => ({ name: `linux-x64/${file}`, path, sizeBytes }))
  const files = (text = manifest(), signature = signed(text)): ArchivedFile[] => [
    { name: 'linux-x64/manifest.json', text },
    { name: 'linux-x64/manifest.json.sig', text: signature },
  ]
  const write = async (of: readonly ArchivedFile[]) => {
    const file = join(folder, 'hostile.tar')
    await writeArchive({ file, files: of }, world)
    return file
  }
  const refusal = async (file: string): Promise<string> => {
    const code = await shelfOf(file)
      .forPlatform('linux-x64')
      .then(
        () => 'opened',
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      )
    // Nothing of what is refused stays.
    if (existsSync(cacheFolder())) expect(readdirSync(cacheFolder())).toEqual([])
    return code
  }

  it('is opened when it has what it should', async () => {
    const file = await write([...files(), ...layerFiles()])
    expect((await shelfOf(file).forPlatform('linux-x64')).manifest.version).toBe('1.0.0')
  })

  it.each([
    ['a path that leads out', '../evil.tar.gz'],
    ['an absolute path', '/etc/evil.tar.gz'],
    ['a file that has no business there', 'linux-x64/evil.sh'],
    ['a platform that there is none of', 'plan9/manifest.json'],
    ['a hidden file', 'linux-x64/.evil.tar.gz'],
    ['a layer that the manifest does not name', 'linux-x64/evil.tar.gz'],
    ['a second manifest', 'linux-x64/manifest.json'],
  ])('is refused with %s', async (_what, name) => {
    const file = await write([...files(), ...layerFiles(), { name, text: 'evil' }])
    expect(await refusal(file)).toBe('APO-BUNDLE-ARCHIVE')
    expect(existsSync(join(folder, 'evil.tar.gz'))).toBe(false)
  })

  it.each([
    ['a link', ['ln', '-s', '/etc/shadow', 'linux-x64/evil.tar.gz']],
    ['a hard link', ['ln', 'linux-x64/manifest.json', 'linux-x64/evil.tar.gz']],
    ['a device', ['mknod', 'linux-x64/evil.tar.gz', 'p']],
    ['a folder', ['mkdir', 'linux-x64/evil.tar.gz']],
  ])('is refused with %s', async (_what, [program = '', ...args]) => {
    const made = join(folder, 'made')
    mkdirSync(join(made, 'linux-x64'), { recursive: true })
    writeFileSync(join(made, 'linux-x64/manifest.json'), manifest())
    execFileSync(program, args, { cwd: made })
    const file = join(folder, 'hostile.tar')
    const names = ['linux-x64/manifest.json', 'linux-x64/evil.tar.gz']
    execFileSync('tar', ['cf', file, '--format=ustar', '--no-recursion', ...names], { cwd: made })
    expect(await refusal(file)).toBe('APO-BUNDLE-ARCHIVE')
  })

  it('is refused when a layer is larger than its manifest says', async () => {
    const [runtime, app] = layerFiles()
    const larger = Buffer.concat([readFileSync(bundle.layers[0]!.path), Buffer.alloc(512)])
    const file = await write([...files(), { name: runtime!.name, text: larger.toString('latin1') }, app!])
    expect(await refusal(file)).toBe('APO-BUNDLE-ARCHIVE')
  })

  it('is refused when a layer is another one of the same size', async () => {
    const [runtime, app] = layerFiles()
    const text = 'x'.repeat(bundle.layers[0]!.sizeBytes)
    expect(await refusal(await write([...files(), { name: runtime!.name, text }, app!]))).toBe(
      'APO-BUNDLE-LAYER',
    )
  })

  it('is refused when a layer is missing, or nobody who is trusted signed it', async () => {
    expect(await refusal(await write([...files(), layerFiles()[0]!]))).toBe('APO-BUNDLE-MISSING')
    rmSync(join(folder, 'hostile.tar'))
    const unsigned = await write([...files(manifest(), signed('another')), ...layerFiles()])
    expect(await refusal(unsigned)).toBe('APO-BUNDLE-SIGNATURE')
  })

  it('is refused when it is for another platform than it says', async () => {
    const text = manifest().replace('"linux-x64"', '"linux-arm64"')
    expect(await refusal(await write([...files(text), ...layerFiles()]))).toBe('APO-BUNDLE-ARCHIVE')
  })

  it('is refused when the manifest is larger than any is', async () => {
    const text = `${manifest()}${' '.repeat(1_048_577)}`
    expect(await refusal(await write([...files(text), ...layerFiles()]))).toBe('APO-BUNDLE-ARCHIVE')
  })

  it('is refused wherever it was cut', async () => {
    const { size } = statSync(await write([...files(), ...layerFiles()]))
    for (const left of [0, 100, 512, 5000, size - 1024 - 1, size - 1024]) {
      truncateSync(join(folder, 'hostile.tar'), left)
      expect(await refusal(join(folder, 'hostile.tar')), `${left} bytes`).toBe('APO-BUNDLE-ARCHIVE')
      rmSync(join(folder, 'hostile.tar'))
      await write([...files(), ...layerFiles()])
    }
  })

  it('is refused when it is no archive, or packed once more', async () => {
    const file = join(folder, 'text.tar')
    writeFileSync(file, 'hello\n'.repeat(1000))
    expect(await refusal(file)).toBe('APO-BUNDLE-ARCHIVE')
    const archive = await write([...files(), ...layerFiles()])
    execFileSync('gzip', [archive])
    expect(await refusal(`${archive}.gz`)).toBe('APO-BUNDLE-ARCHIVE')
  })
})
