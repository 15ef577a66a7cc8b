import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong on a host once we are there. */
export const hostErrors = {
  'APO-HOST-PRIVILEGE': {
    title: 'The account may not do this on the host',
    cause: 'Root is needed, and the account is neither root nor allowed to become it.',
    fix: ['Log in as root, allow the account to use sudo, or give its password with --ask-sudo-password.'],
    exitCode: exitCode.denied,
  },
  'APO-HOST-COMMAND': {
    title: 'A command failed on the host',
    cause: 'A step ran a command that ended with an error.',
    fix: ['Read what the command printed, mend it on the host, and run again.'],
    exitCode: exitCode.no,
  },
  'APO-HOST-TIMEOUT': {
    title: 'A command on the host took too long',
    cause: 'The deadline of a command passed before it ended; it was stopped.',
    fix: ['Look at the load and the disks of the host, and try again or give a longer --timeout.'],
    exitCode: exitCode.unreachable,
  },
  'APO-HOST-DISK': {
    title: 'The host has no room',
    cause: 'A file could not be written because its file system is full or read-only.',
    fix: ['Make room on the file system that the message names, and run again.'],
    exitCode: exitCode.no,
  },
  'APO-HOST-LOCKED': {
    title: 'Somebody else is changing the host',
    cause: 'Another run of apoctl has locked the host (/run/apoctl.lock there) and not finished.',
    fix: [
      'Wait until it has finished, and run the same command again.',
      'If it gave no sign of life for two minutes and you know that it is dead, add --take-over-lock.',
    ],
    exitCode: exitCode.no,
  },
  'APO-HOST-LOCK-LOST': {
    title: 'Somebody else has taken the host over',
    cause:
      'This run was out of reach for so long that another one took over its lock; it changed nothing since.',
    fix: ['Leave the host to the other run, and look at it afterwards: apoctl enforcer status.'],
    exitCode: exitCode.no,
  },
  'APO-HOST-ANSWER': {
    title: 'The host answered something unexpected',
    cause: 'The output is not what was asked for; a login script or banner may write to standard output.',
    fix: ['Run with --verbose to see what came back.'],
    exitCode: exitCode.unreachable,
  },
} as const satisfies Record<string, CatalogEntry>
