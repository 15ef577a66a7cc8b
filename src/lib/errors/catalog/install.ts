import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong when an enforcer is installed or removed. */
export const installErrors = {
  'APO-INSTALL-NOT-CONNECTED': {
    title: 'The enforcer runs and the Console does not see it',
    cause: 'The host cannot reach the Console, does not trust its certificate, or its clock is off.',
    fix: [
      'Check the way from the host: apoctl preflight linux.',
      'Read what the enforcer says: journalctl -u prisma-enforcer.',
    ],
    exitCode: exitCode.unreachable,
  },
  'APO-INSTALL-UNHEALTHY': {
    title: 'The enforcer was installed and stopped running',
    cause: 'Its service is not active when the hosts of its wave are looked at again, before the next wave.',
    fix: [
      'Read what the enforcer says: journalctl -u prisma-enforcer.',
      'Run the same command again for this host, or apoctl enforcer uninstall linux.',
    ],
    exitCode: exitCode.no,
  },
  'APO-UPGRADE-ABSENT': {
    title: 'There is no enforcer to upgrade',
    cause: 'Nothing is installed on the host, and an upgrade installs nothing where nothing was.',
    fix: ['Install it: apoctl enforcer install linux.', 'Or leave the host out: --limit.'],
    exitCode: exitCode.no,
  },
  'APO-INSTALL-OTHER-CONSOLE': {
    title: 'The host belongs to another Console or namespace',
    cause: 'An enforcer is installed there that is registered elsewhere.',
    fix: ['Uninstall it first, or install with the Console and namespace it has.'],
    exitCode: exitCode.no,
  },
  'APO-UNINSTALL-LEFTOVER': {
    title: 'Something of the enforcer is still on the host',
    cause: 'A file, a rule or a process could not be removed, or came back.',
    fix: ['Find out what holds it, and run the uninstall again.'],
    exitCode: exitCode.no,
  },
  'APO-INSTALL-AUTH-MODE': {
    title: 'This way of proving an enforcer is not supported by this Console',
    cause: 'Cloud identities need a Console that verifies them.',
    fix: ['Use --auth-mode token or --auth-mode appcred.'],
    exitCode: exitCode.usage,
  },
  'APO-INSTALL-TOO-LARGE': {
    title: 'What was to be written is more than the engine takes',
    cause:
      'User data of EC2 may have 16 KiB, a document of Systems Manager 64 KiB; authorities and tags are part of them.',
    fix: ['Give fewer authorities with --api-cacert, or fewer tags.', 'Or use --render ansible or script.'],
    exitCode: exitCode.usage,
  },
} as const satisfies Record<string, CatalogEntry>
