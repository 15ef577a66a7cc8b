import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runApoctl, runOnTerminal } from '../helpers/run-apoctl.ts'

interface ManifestCommand {
  readonly summary?: string
  readonly examples?: readonly string[]
  readonly flags: Readonly<Record<string, { readonly summary?: string; readonly description?: string }>>
  readonly args: Readonly<Record<string, { readonly description?: string }>>
}

const root = join(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
  commands: Readonly<Record<string, ManifestCommand>>
}
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const commands = Object.entries(manifest.commands).map(
  ([id, command]) => [id.replaceAll(':', ' '), command] as const,
)
const topics = [...new Set(commands.flatMap(([words]) => parentsOf(words)))]

function parentsOf(words: string): string[] {
  const parts = words.split(' ')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join(' '))
}

/** Help wraps lines; what is compared is the words. */
const words = (text: string): string => text.replace(/\s+/g, ' ')

describe.each(commands)('apoctl %s --help', (command, { summary, examples, flags, args }) => {
  it('says what the command does, with an example and every flag', async () => {
    const run = await runApoctl([...command.split(' '), '--help'])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(words(run.stdout)).toContain(words(summary ?? 'no summary'))
    expect(examples?.length ?? 0).toBeGreaterThan(0)
    expect(run.stdout).toMatch(new RegExp(`EXAMPLES[\\s\\S]*\\$ apoctl ${command}`))
    for (const [name, flag] of Object.entries(flags)) {
      expect(run.stdout).toMatch(new RegExp(`--(\\[no-\\])?${name}\\b`))
      expect(flag.summary ?? flag.description, `--${name} is explained`).toMatch(/^[A-Z(]/)
    }
    for (const [name, arg] of Object.entries(args))
      expect(arg.description, `${name} is explained`).toBeTruthy()
    expect(run.stdout).not.toMatch(/<%|undefined|\[object/)
  })
})

describe.each(topics)('apoctl %s', (topic) => {
  it('lists the commands below it', async () => {
    // A topic that is a command as well, such as profiles, does its work when it stands alone.
    const isCommand = commands.some(([command]) => command === topic)
    const run = await runApoctl([...topic.split(' '), ...(isCommand ? ['--help'] : [])])
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const below = commands.filter(([command]) => command.startsWith(`${topic} `))
    for (const [command] of below) {
      const next = command
        .split(' ')
        .slice(0, topic.split(' ').length + 1)
        .join(' ')
      expect(run.stdout).toContain(next)
    }
    expect(await runApoctl(['help', ...topic.split(' ')])).toEqual(run)
  })
})

describe('apoctl --help', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists everything at the top: %j', async (argv) => {
    const run = await runApoctl(argv)
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    for (const [command] of commands) expect(run.stdout).toContain(command.split(' ')[0])
  })

  it.runIf(process.platform === 'linux')('fits a terminal of 80 columns, without escape codes', async () => {
    const run = await runOnTerminal(['help'])
    expect(run.stdout).not.toContain('\u001b')
    for (const line of run.stdout.split('\r\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('apoctl --version', () => {
  it.each([['--version'], ['version']])('says version, platform and Node: %s', async (word) => {
    expect(await runApoctl([word])).toMatchObject({
      exitCode: 0,
      stdout: `apoctl/${version} ${process.platform}-${process.arch} node-${process.version}\n`,
      stderr: '',
    })
  })
})
