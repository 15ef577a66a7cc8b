import { parseNamespaceName } from '../../../contract/namespace-name.ts'
import { userTagProblem } from '../../../contract/tags/tag.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { WantedConfiguration } from '../../install/linux/configuration.ts'
import type { ConnectedConsole } from '../connect-console.ts'

/** What flags say about that. */
export interface ConfigurationFlags {
  readonly tag?: readonly string[] | undefined
  readonly 'raw-flags'?: string | undefined
  readonly 'api-skip-verify': boolean
}

/** What enforcers shall be told. Throws APO-INPUT-VALUE and -MISSING. */
export function wantedConfiguration(
  flags: ConfigurationFlags,
  { api, namespace, authoritiesPem }: Pick<ConnectedConsole, 'api' | 'namespace' | 'authoritiesPem'>,
): WantedConfiguration {
  return {
    api,
    namespace: namespaceFor(namespace),
    apiSkipVerify: flags['api-skip-verify'],
    hasAuthority: authoritiesPem !== undefined,
    tags: (flags.tag ?? []).map(checkTag),
    rawFlags: checkLine(flags['raw-flags'], '--raw-flags'),
  }
}

function namespaceFor(namespace: string): string {
  if (namespace === '')
    throw new ApoctlError(['APO-INPUT-MISSING', 'nothing says which namespace the enforcers shall be in'], {
      hints: ['Give --namespace /path.'],
    })
  const parsed = parseNamespaceName(namespace)
  if (parsed.ok) return parsed.value
  throw new ApoctlError(['APO-INPUT-VALUE', `--namespace: ${parsed.problem}`])
}

function checkTag(tag: string): string {
  const problem = userTagProblem(tag)
  if (problem === undefined) return checkLine(tag, '--tag')
  throw new ApoctlError(['APO-INPUT-VALUE', `--tag: ${problem}`], {
    hints: ['Write it as key=value; the key has no space and does not start with @, $ or +.'],
  })
}

/** It goes into a file that has one setting on each line. */
function checkLine<Text extends string | undefined>(text: Text, flag: string): Text {
  if (text === undefined || !/[\0-\x1f\x7f]/.test(text)) return text
  throw new ApoctlError(['APO-INPUT-VALUE', `${flag}: it has a line break or another control character`])
}
