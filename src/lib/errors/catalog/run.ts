import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong with a run of apoctl itself, whatever it was about. */
export const runErrors = {
  'APO-OUTPUT-LOST': {
    title: 'The result could not be written to standard output',
    cause:
      'The file or device that standard output goes to refused it: a full disk, a quota, a broken mount.',
    fix: ['Make room, or send the output elsewhere, and run the command again.'],
    exitCode: exitCode.unreachable,
  },
  'APO-BUG': {
    title: 'Something happened that apoctl did not foresee',
    cause: 'apoctl has a bug; nothing that you typed should end like this.',
    fix: [
      'Please report it: the command line, the output of apoctl --version, and what the same command says with --verbose.',
    ],
    exitCode: exitCode.bug,
  },
} as const satisfies Record<string, CatalogEntry>
