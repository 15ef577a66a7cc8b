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
  'APO-RUN-UNKNOWN': {
    title: 'There is no such run',
    cause: 'No journal has this ID, or several begin like it.',
    fix: ['See which runs there are: apoctl runs list.', 'The last one is called last.'],
    exitCode: exitCode.usage,
  },
  'APO-RUN-UNREADABLE': {
    title: 'The journal of a run cannot be read',
    cause: 'A file of it is missing, damaged, or of another version of apoctl.',
    fix: ['Run the command again: it goes on from the state that it finds on the hosts.'],
    exitCode: exitCode.usage,
  },
  'APO-RUN-JOURNAL': {
    title: 'The journal of a run cannot be written',
    cause: 'The folder ~/.apoctl/runs is on a full or read-only disk, or belongs to somebody else.',
    fix: ['Make room there, or give another folder in APOCTL_HOME. No host was touched.'],
    exitCode: exitCode.usage,
  },
  'APO-RUN-ACTIVE': {
    title: 'The run still goes on',
    cause: 'A run that has not ended cannot be taken on by another one.',
    fix: ['Wait for it, or stop it with Ctrl-C: it brings back what it has begun.'],
    exitCode: exitCode.no,
  },
  'APO-RUN-CHANGED': {
    title: 'A run cannot be gone on with as it was',
    cause: 'It was another command, in another folder, for another Console, or its hosts are listed no more.',
    fix: ['Go on where the message says, or run the whole command anew: what is done is left as it is.'],
    exitCode: exitCode.usage,
  },
  'APO-PLAN-CHANGED': {
    title: 'The plan does not hold any more',
    cause:
      'Hosts, the bundle, or the inventory are not what they were when the plan was made. Nothing is done by half.',
    fix: ['Make the plan anew with --plan-out, look at it, and apply it.'],
    exitCode: exitCode.no,
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
