import { Flags } from '@oclif/core'
import { labelProblem } from '../../../contract/exchange/import-label.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'

/** What is imported together, by name. Throws APO-INPUT-VALUE for a label that no Console takes. */
export const labelFlag = Flags.custom({
  helpValue: 'NAME',
  parse: (text) => Promise.resolve(checked(text)),
})

function checked(label: string): string {
  const problem = label === '' ? 'A label must not be empty' : labelProblem(label)
  if (problem === undefined) return label
  throw new ApoctlError(['APO-INPUT-VALUE', `--label "${label}": ${problem}`], {
    hints: ['Write it as web-policies.'],
  })
}
