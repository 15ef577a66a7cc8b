import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong with the enforcer itself and with the bundle it comes in. */
export const enforcerErrors = {
  'APO-ENFORCER-CONFIG': {
    title: 'The configuration of the enforcer cannot be used',
    cause: 'prisma-enforcer.conf is missing, does not parse, or lacks the Console or a way to log in to it.',
    fix: ['Correct the line that the message names, or install again: apoctl enforcer install linux.'],
    exitCode: exitCode.usage,
  },
  'APO-ENFORCER-STATE': {
    title: 'The enforcer cannot keep its state',
    cause: 'A file under /var/lib/prisma-enforcer cannot be read or written.',
    fix: ['Check room and permissions of /var/lib/prisma-enforcer.'],
    exitCode: exitCode.no,
  },
  'APO-BUNDLE-MISSING': {
    title: 'There is no enforcer bundle',
    cause: 'The folder that should hold the bundle is missing, or lacks its manifest or a layer.',
    fix: ['Build it: npm run build:enforcer. Or name the folder that holds it.'],
    exitCode: exitCode.usage,
  },
  'APO-BUNDLE-MANIFEST': {
    title: 'The manifest of the enforcer bundle cannot be used',
    cause: 'It is not one that this version of apoctl understands.',
    fix: ['Build or download the bundle again, of the same version as apoctl.'],
    exitCode: exitCode.usage,
  },
  'APO-BUNDLE-SIGNATURE': {
    title: 'The enforcer bundle is not signed by whom you trust',
    cause: 'The signature is missing, or does not fit the manifest and the trusted key.',
    fix: ['Do not install it. Get the bundle, or the key it was signed with, from its source again.'],
    exitCode: exitCode.no,
  },
  'APO-BUNDLE-LAYER': {
    title: 'A layer of the enforcer bundle is not what its manifest says',
    cause: 'Its size or digest differs: it was cut short, altered, or belongs to another version.',
    fix: ['Build or download the bundle again.'],
    exitCode: exitCode.no,
  },
  'APO-BUNDLE-ARCHIVE': {
    title: 'The file is not an archive of enforcer bundles',
    cause:
      'Only a plain tar that apoctl wrote is taken, with exactly the files that its manifest names: this one ' +
      'is cut short, was packed by hand, or was altered.',
    fix: [
      'Compare its SHA-256 with what apoctl enforcer bundle export said, or export it again.',
      'Give the unpacked folder with --bundle.',
    ],
    exitCode: exitCode.no,
  },
  'APO-BUNDLE-PLATFORM': {
    title: 'There is no enforcer for this kind of machine',
    cause: 'The enforcer is built for x86-64 and 64-bit ARM Linux.',
    fix: ['Leave this host out.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
