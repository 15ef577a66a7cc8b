import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong on the way of the enforcer's package to a host. */
export const deliveryErrors = {
  'APO-DELIVERY-DIGEST': {
    title: 'What arrived on the host is not what the signed manifest names',
    cause:
      'The archive has the right size and another digest: a disk, a mirror or something between altered it. ' +
      'It was removed and nothing of it was unpacked.',
    fix: ['Run the same command again: it brings the archive anew.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
