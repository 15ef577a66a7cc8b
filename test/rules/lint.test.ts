import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ESLint } from 'eslint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// Plants a violation of every budget and habit in a small tree of its own, with the project's own
// configuration. That the real tree has none is what `npm run lint` says.

const root = join(import.meta.dirname, '../..')
const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n')

interface Plant {
  readonly rule: string
  readonly file: string
  readonly text: string
}

const plants: readonly Plant[] = [
  {
    rule: 'max-lines',
    file: 'src/lib/a/long-file.ts',
    text: lines(251, (at) => `export const a${at} = ${at}`),
  },
  {
    rule: 'max-lines-per-function',
    file: 'src/lib/a/long-function.ts',
    text: `export function long(): void {\n${lines(40, (at) => `  void ${at}`)}\n}\n`,
  },
  {
    rule: '@typescript-eslint/max-params',
    file: 'src/lib/a/many-parameters.ts',
    text: 'export const f = (a: number, b: number, c: number): number => a + b + c\n',
  },
  {
    rule: 'complexity',
    file: 'src/lib/a/complex.ts',
    text: `export function f(a: number): number {\n${lines(10, (at) => `  if (a === ${at}) return ${at}`)}\n  return a\n}\n`,
  },
  {
    rule: 'budgets/few-own-imports',
    file: 'src/lib/a/knows-many.ts',
    text: `${lines(13, (at) => `import * as a${at} from './long-file.ts'`)}\nexport const all = [${lines(13, (at) => `a${at},`)}]\n`,
  },
  {
    rule: 'budgets/run-is-short',
    file: 'src/commands/long-run.ts',
    text: `export default class Long {\n  run(): void {\n${lines(19, (at) => `    void ${at}`)}\n  }\n}\n`,
  },
  {
    rule: 'no-restricted-exports',
    file: 'src/lib/a/default.ts',
    text: 'export default function f(): void {}\n',
  },
  {
    rule: 'no-restricted-properties',
    file: 'src/lib/a/ends.ts',
    text: 'export const end = (): never => process.exit(1)\n',
  },
  {
    rule: 'no-restricted-properties',
    file: 'src/lib/a/reads-env.ts',
    text: `export const home = process.env['HOME']\n`,
  },
  { rule: 'no-console', file: 'src/lib/a/prints.ts', text: `console.log('hello')\nexport {}\n` },
  {
    rule: '@typescript-eslint/no-explicit-any',
    file: 'src/lib/a/any.ts',
    text: 'export const a = (b: any): any => b\n',
  },
  {
    rule: '@typescript-eslint/no-floating-promises',
    file: 'src/lib/a/floats.ts',
    text: 'export function f(): void {\n  Promise.resolve(1)\n}\n',
  },
  {
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    file: 'src/lib/a/forgets.ts',
    text: `export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n  return 2\n}\n`,
  },
  {
    rule: '@typescript-eslint/consistent-type-imports',
    file: 'src/lib/a/type-import.ts',
    text: `import { Stats } from 'node:fs'\nexport type A = Stats\n`,
  },
  {
    rule: 'budgets/disable-says-why',
    file: 'src/lib/a/silent.ts',
    text: `// eslint-disable-next-line no-console\nconsole.log(1)\nexport {}\n`,
  },
  {
    rule: 'unused directive',
    file: 'src/lib/a/unused.ts',
    text: `// eslint-disable-next-line no-console -- no need\nexport {}\n`,
  },
]

const innocent: Readonly<Record<string, string>> = {
  'src/commands/short.ts': `export default class Short {\n  a = 0\n  run(): void {\n${lines(18, (at) => `    this.a = ${at}`)}\n  }\n}\n`,
  'src/lib/a/just-fits.ts': `${lines(250, (at) => `export const a${at} = ${at}`)}\n`,
  'src/lib/a/reasoned.ts': `// eslint-disable-next-line no-console -- shows that a reason will do\nconsole.log(1)\nexport {}\n`,
}

describe('the budgets of the house', () => {
  let tree: string
  const seen = new Map<string, readonly string[]>()

  beforeAll(async () => {
    mkdirSync(join(root, 'build'), { recursive: true })
    tree = mkdtempSync(join(root, 'build/lint-'))
    for (const part of ['eslint.config.js', 'tsconfig.json', 'package.json', 'tools/eslint-rules'])
      cpSync(join(root, part), join(tree, part), { recursive: true })
    const files = { ...Object.fromEntries(plants.map(({ file, text }) => [file, text])), ...innocent }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(tree, dirname(file)), { recursive: true })
      writeFileSync(join(tree, file), text)
    }
    const eslint = new ESLint({ cwd: tree, overrideConfigFile: join(tree, 'eslint.config.js') })
    for (const { filePath, messages } of await eslint.lintFiles(['src'])) {
      const rules = messages.map(({ ruleId, message }) =>
        message.startsWith('Unused eslint-disable') ? 'unused directive' : (ruleId ?? message),
      )
      seen.set(filePath.slice(tree.length + 1), rules)
    }
  }, 60_000)
  afterAll(() => rmSync(tree, { recursive: true, force: true }))

  it.each(plants)('$rule sees $file', ({ rule, file }) => {
    expect(seen.get(file)).toContain(rule)
  })

  it.each(Object.keys(innocent))('leave %s alone', (file) => {
    expect(seen.get(file)).toEqual([])
  })
})
