import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { elevated } from '../../../../src/lib/platforms/linux/elevated.ts'
import { runScript, runScriptOrFail } from '../../../../src/lib/platforms/linux/run-script.ts'
import { uploadFile, writeFile } from '../../../../src/lib/platforms/linux/write-file.ts'
import { openLocal } from '../../../../src/lib/transports/local/open-local.ts'
import type { Transport } from '../../../../src/lib/transports/transport.ts'
import { connectTo } from '../../../helpers/connect-to.ts'
import { needs, startSshd, type TestSshd } from '../../../helpers/sshd.ts'

const shells = {
  root: '/bin/sh',
  plain: '/bin/sh',
  basher: '/bin/bash',
  fishy: '/usr/bin/fish',
  csher: '/bin/tcsh',
} as const

describe.each(Object.keys(shells))('scripts and files for %s', (user) => {
  let host: TestSshd
  let transport: Transport

  beforeAll(async () => {
    needs('fish', 'tcsh')
    const users = Object.entries(shells).map(([name, shell]) => ({
      name,
      shell,
      sudo: 'ALL=(ALL) NOPASSWD: ALL',
    }))
    host = await startSshd({ users, smallDiskKib: 64 })
    transport = await connectTo(host, { user })
  })
  afterAll(async () => {
    await transport.close()
    await host.stop()
  })

  it('hands a script its arguments exactly, and empty input', async () => {
    const args = ['', 'a b', "it's", '"$HOME" `id` !! \\', '*', '-n', 'línea\nnueva']
    const { stdout, exitCode } = await runScript(transport, {
      text: 'printf "%s\\0" "$@"; cat; exit 5',
      args,
    })
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(args)
    expect(exitCode).toBe(5)
  })

  it('runs nothing of a script that did not arrive whole', async () => {
    const marker = join(host.home(user), 'half')
    const half = `set --\n{\ntouch ${marker}\n`
    await transport.run({ command: 'exec sh -s', stdin: half })
    expect(existsSync(marker)).toBe(false)
  })

  it.each(['as itself', 'as root'])(
    'ends a script and what it started when its time is up, %s',
    async (who) => {
      const on = who === 'as root' ? elevated(transport, { method: 'sudo' }) : transport
      const text = 'sleep 4747 & (sleep 4748; sleep 4749)'
      await expect(runScript(on, { text, timeoutMs: 400 })).rejects.toMatchObject({
        code: 'APO-HOST-TIMEOUT',
      })
      const { stdout } = await transport.run({ command: 'ps ax -o args' })
      expect(stdout.toString()).not.toMatch(/sleep 474/)
      expect((await runScript(on, { text: 'echo still here' })).stdout.toString()).toBe('still here\n')
    },
  )

  it('runs scripts far longer than a command line may be', async () => {
    const filler = Array.from({ length: 30_000 }, (_, line) => `: line ${line}`).join('\n')
    const { stdout } = await runScript(transport, { text: `${filler}\necho done` })
    expect(stdout.toString()).toBe('done\n')
  })

  it('writes a file whole, with its mode, over what was there', async () => {
    const path = join(host.home(user), "odd name's $file")
    writeFileSync(path, 'old')
    const content = randomBytes(3_000_000)
    await writeFile(transport, { path, mode: 0o640, content })
    expect(readFileSync(path).equals(content)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o640)
    await writeFile(transport, { path, mode: 0o600, content: '' })
    expect(readFileSync(path)).toHaveLength(0)
  })

  it('uploads a local file, as root and for another owner', async () => {
    const localPath = join(mkdtempSync(join(tmpdir(), 'apoctl-upload-')), 'bundle')
    writeFileSync(localPath, randomBytes(5_000_000))
    const path = join(host.directory, `uploaded-${user}`)
    await uploadFile(elevated(transport, { method: 'sudo' }), {
      path,
      mode: 0o755,
      owner: 'root:daemon',
      localPath,
    })
    const digest = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
    expect(digest(path)).toBe(digest(localPath))
    expect(statSync(path)).toMatchObject({ uid: 0, gid: 1 })
  })

  it('says that the disk is full, and leaves what was there', async () => {
    const path = join(host.smallDisk, `full-${user}`)
    await writeFile(transport, { path, mode: 0o600, content: 'precious' })
    const attempt = writeFile(transport, { path, mode: 0o600, content: Buffer.alloc(200_000) })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-DISK' })
    const { stdout } = await runScript(transport, {
      text: 'cat "$1"; ls "$2" | wc -l',
      args: [path, host.smallDisk],
    })
    expect(stdout.toString().replace(/\s+/g, ' ')).toMatch(/^precious ?1 $/)
  })

  it('says that the directory is missing or not ours', async () => {
    const missing = writeFile(transport, { path: '/no/such/file', mode: 0o600, content: 'x' })
    await expect(missing).rejects.toMatchObject({ code: 'APO-HOST-COMMAND' })
    await expect(missing).rejects.toThrow(/directory is missing/)
    const notOurs = join(host.directory, 'not-ours')
    if (user === 'root') return
    await expect(writeFile(transport, { path: notOurs, mode: 0o600, content: 'x' })).rejects.toMatchObject({
      code: 'APO-HOST-COMMAND',
    })
  })
})

describe('scripts that fail', () => {
  const here = openLocal({ environment: { PATH: '/usr/bin:/bin' } })

  it('say what was tried and what was printed last', async () => {
    const attempt = runScriptOrFail(here, {
      text: 'echo "no such unit" >&2; exit 5',
      purpose: 'start the enforcer',
    })
    await expect(attempt).rejects.toMatchObject({ code: 'APO-HOST-COMMAND', hints: ['no such unit'] })
    await expect(attempt).rejects.toThrow('local could not start the enforcer (exit 5)')
  })

  it('leave no file behind when the input breaks off', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'apoctl-break-'))
    const localPath = join(directory, 'source')
    writeFileSync(localPath, Buffer.alloc(1000))
    const short: Transport = {
      ...here,
      // The line goes dead after the header and a few bytes.
      run: async (request, options) => {
        const all =
          request.stdin instanceof Readable
            ? Buffer.concat(await request.stdin.toArray())
            : Buffer.from(request.stdin ?? '')
        return here.run({ ...request, stdin: all.subarray(0, all.length - 500) }, options)
      },
    }
    const path = join(directory, 'target')
    await expect(uploadFile(short, { path, mode: 0o600, localPath })).rejects.toMatchObject({
      code: 'APO-HOST-ANSWER',
    })
    expect(readdirSync(directory)).toEqual(['source'])
  })
})
