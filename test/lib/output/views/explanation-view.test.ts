import { describe, expect, it } from 'vitest'
import { explainError } from '../../../../src/lib/errors/explain.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { explanationPresentation } from '../../../../src/lib/output/views/explanation-view.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })

describe('explanationPresentation', () => {
  it('explains one code with its cause and its fixes', () => {
    expect(explanationPresentation.views.table(explainError('APO-INPUT-MISSING'), theme)).toBe(
      [
        'APO-INPUT-MISSING  An answer is missing and nobody can be asked (exit 2)',
        '',
        'Why   A value is needed, there is no terminal (or --no-input was given), and no flag carries it.',
        'Do    Give the flag that the message names.',
      ].join('\n'),
    )
  })

  it('lists all codes, one a line', () => {
    const report = explainError(undefined)
    const lines = explanationPresentation.views.table(report, theme).split('\n')
    expect(lines).toHaveLength(report.errors.length + 1)
    expect(lines[0]).toMatch(/^CODE +EXIT +WHAT HAPPENED$/)
  })
})
