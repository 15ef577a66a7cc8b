import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

const keepInFile = 'Keep the key in a file instead: apoctl configure --credential-store file'

/** What can go wrong with a private key that is kept in the keyring of the operating system. */
export const keyringErrors = {
  'APO-KEYRING-ABSENT': {
    title: 'There is no keyring here that can be used',
    cause:
      'Keyrings belong to the session of a desktop: over SSH, in containers, under sudo and cron there is none, or ' +
      'nothing leads to it (DBUS_SESSION_BUS_ADDRESS). Some systems have none at all.',
    fix: ['Run this in the session that has the keyring.', keepInFile],
    exitCode: exitCode.unreachable,
  },
  'APO-KEYRING-LOCKED': {
    title: 'The keyring is locked',
    cause: 'It opens with the password of whoever it belongs to, and nobody typed it.',
    fix: ['Unlock the keyring and run this again.', keepInFile],
    exitCode: exitCode.denied,
  },
  'APO-KEYRING-TIMEOUT': {
    title: 'The keyring did not answer in time',
    cause:
      'It may wait for a password in a window that nobody sees, or the session bus hangs. On a terminal it has a ' +
      'minute, elsewhere five seconds.',
    fix: ['Unlock the keyring and run this again, on a terminal.', keepInFile],
    exitCode: exitCode.unreachable,
  },
  'APO-KEYRING-ENTRY': {
    title: 'The keyring does not have the key that belongs to an app credential',
    cause:
      'The credential file comes from another machine or account, or the entry was deleted or changed in the keyring.',
    fix: ['Make the profile again: apoctl configure --force'],
    exitCode: exitCode.denied,
  },
  'APO-PROFILE-BUSY': {
    title: 'Another run of apoctl writes the same credential file',
    cause: 'Two at once could leave the key of one with the certificate of the other.',
    fix: ['Wait until it is done and run this again.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
