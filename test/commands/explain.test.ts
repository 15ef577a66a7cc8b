import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { errorCatalog } from '../../src/lib/errors/catalog.ts'
import { schemaProblems } from '../helpers/json-schema.ts'
import { runApoctl } from '../helpers/run-apoctl.ts'

const codes = Object.keys(errorCatalog)
const explain = (...argv: string[]) => runApoctl(['explain', ...argv])
const codesOf = (document: unknown): string[] =>
  (document as { errors: { code: string }[] }).errors.map(({ code }) => code)

describe('apoctl explain', () => {
  it('lists every error code there is', async () => {
    const run = await explain()
    expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    expect(
      run.stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(codes)
  })

  it('explains one code, whatever its case', async () => {
    const run = await explain('apo-ssh-auth')
    expect(run.stdout).toMatch(
      /^APO-SSH-AUTH {2}The host accepts none of the keys or passwords \(exit 3\)\n\nWhy /,
    )
  })

  it('says the same in JSON, YAML and JSON lines', async () => {
    const [json, yaml, jsonl, alias] = await Promise.all([
      explain('-o', 'json'),
      explain('-o', 'yaml'),
      explain('-o', 'jsonl'),
      explain('--json'),
    ])
    for (const run of [json, yaml, jsonl]) expect(run).toMatchObject({ exitCode: 0, stderr: '' })
    const document: unknown = JSON.parse(json.stdout)
    expect(schemaProblems('ErrorExplanation', document)).toEqual([])
    expect(codesOf(document)).toEqual(codes)
    expect(parse(yaml.stdout)).toEqual(document)
    expect(
      jsonl.stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { code: string }).code),
    ).toEqual(codes)
    expect(alias.stdout).toBe(json.stdout)
  })

  it('prints nothing with -o none', async () => {
    expect(await explain('-o', 'none')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  })

  it('takes its format from the environment', async () => {
    const run = await runApoctl(['explain', 'APO-USAGE'], { env: { APOCTL_OUTPUT: 'json' } })
    expect(codesOf(JSON.parse(run.stdout))).toEqual(['APO-USAGE'])
  })

  it('refuses a code that does not exist', async () => {
    const run = await explain('APO-NONE')
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toContain('→ List them all: apoctl explain')
  })
})
