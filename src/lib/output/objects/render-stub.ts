import type { WireObject } from '../../../contract/entity/definition.ts'

/** An object made by apoctl alone, as YAML or JSON, indented as asked for. Ends without a newline. */
export async function renderStub(
  stub: WireObject,
  look: { readonly format: 'yaml' | 'json'; readonly indent: number },
): Promise<string> {
  if (look.format === 'json') return JSON.stringify(stub, null, look.indent)
  const { stringify } = await import('yaml')
  return stringify(stub, { indent: look.indent }).trimEnd()
}
