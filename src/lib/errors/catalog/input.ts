import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** Wrong flags, wrong files, wrong values: nothing was changed. */
export const inputErrors = {
  'APO-USAGE': {
    title: 'The command line is not one apoctl understands',
    cause: 'A flag, an argument or a combination of them is not defined for this command.',
    fix: ['Run the command with --help and compare.'],
    exitCode: exitCode.usage,
  },
  'APO-INPUT-MISSING': {
    title: 'An answer is missing and nobody can be asked',
    cause: 'A value is needed, there is no terminal (or --no-input was given), and no flag carries it.',
    fix: ['Give the flag that the message names.'],
    exitCode: exitCode.usage,
  },
  'APO-INPUT-VALUE': {
    title: 'A value has the wrong form',
    cause: 'A flag or a field of a file does not parse as what it should be.',
    fix: ['Correct the value; the message names where it stands and what was expected.'],
    exitCode: exitCode.usage,
  },
  'APO-INPUT-FILE': {
    title: 'An input file cannot be read or does not parse',
    cause: 'The file is missing, unreadable, of the wrong format, or has a field that is not known.',
    fix: ['Correct the file at the line that the message names.'],
    exitCode: exitCode.usage,
  },
  'APO-FETCH': {
    title: 'A file could not be fetched from its address',
    cause: 'The server cannot be reached, is not trusted, does not answer in time or fails inside.',
    fix: ['Try again, or fetch it yourself: curl -fsSL URL | apoctl … -f -'],
    exitCode: exitCode.unreachable,
  },
  'APO-DECLINED': {
    title: 'You were asked, and said no',
    cause: 'A change needs a yes, and the answer was no.',
    fix: ['Look at the plan with --dry-run; say yes with --confirm.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
