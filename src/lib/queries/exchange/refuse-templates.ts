import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { DocumentText } from '../drafts/parse-documents.ts'

const opening = '{{'

/**
 * Refuses a text in which something was to be filled in. The original apoctl does that itself; here nothing is,
 * and an object that is called `{{ .Values.name }}` is what nobody wants. Throws APO-INPUT-FILE.
 */
export function refuseTemplates({ name, content }: DocumentText): void {
  const at = content.indexOf(opening)
  if (at === -1) return
  const line = content.slice(0, at).split('\n').length
  throw new ApoctlError(
    ['APO-INPUT-FILE', `${name}:${line}: "{{" begins a template, and apoctl fills in none`],
    {
      hints: [
        'Fill it in before: helm template CHART | apoctl api import -f -',
        'Or: gomplate -f FILE -c Values=values.yaml | apoctl api import -f -',
        'If it is meant so, write it as "{\\u007b" in double quotes, as api export does.',
      ],
    },
  )
}
