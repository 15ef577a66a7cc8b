import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong while somebody proves who they are, and while that proof is kept. */
export const credentialErrors = {
  'APO-FILE-EXISTS': {
    title: 'A file that must not be overwritten is there already',
    cause: 'It may hold the only copy of a key, or settings that somebody made.',
    fix: ['Move it away, choose another place, or give --force where there is such a flag.'],
    exitCode: exitCode.no,
  },
  'APO-FILE-WRITE': {
    title: 'A file cannot be written',
    cause: 'Its folder is not there, belongs to somebody else, or the disk is full.',
    fix: ['Make room or choose another place.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
