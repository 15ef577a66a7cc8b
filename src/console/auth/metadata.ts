import type { IssueDraft } from '../../contract/entities/issue.ts'
import { refuse } from '../refused-request.ts'

/** A text that a realm needs in the metadata of the request; refuses with 422 when it is not there. */
export function metadataText(wanted: IssueDraft, name: string): string {
  const value = metadataOption(wanted, name)
  if (value !== undefined) return value
  throw refuse(422, {
    text: `Realm ${wanted.realm ?? ''} needs metadata '${name}'`,
    data: { attribute: 'metadata' },
  })
}

/** As metadataText; undefined when it is not there. */
export function metadataOption({ metadata }: IssueDraft, name: string): string | undefined {
  const value = metadata !== undefined && Object.hasOwn(metadata, name) ? metadata[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
