import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'

const collector = new URL('../../../../src/lib/preflight/collect/collector.sh', import.meta.url)

/**
 * The script travels to hosts as a string. It is written as a real file, so that shellcheck can read
 * it; `npx vitest run test/lib/preflight/collect -u` writes the string anew.
 */
it('carries the collector as it is written in collector.sh, without its comments', async () => {
  const script = await readFile(collector, 'utf8')
  const lines = script.split('\n').filter((line, index) => index === 0 || !/^\s*#/.test(line))
  const header = '/* eslint-disable max-lines -- generated from collector.sh */\n'
  const literal = lines.map((line) => `  ${JSON.stringify(line)},\n`).join('')
  const module = `${header}/** What runs on a host; see collector.sh, from which this is made. */\nexport const collectorScript = [\n${literal}].join('\\n')\n`
  const style = await resolveConfig(fileURLToPath(collector))
  const formatted = await format(module, { ...style, parser: 'typescript' })
  await expect(formatted).toMatchFileSnapshot('../../../../src/lib/preflight/collect/collector-script.ts')
})
