import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong when hosts get the enforcer from a repository of packages. */
export const packageErrors = {
  'APO-REPO-KEY': {
    title: 'The key of the repository cannot be used',
    cause: 'What --repo-key names, or what the Console names as its signing key, is no public OpenPGP key.',
    fix: [
      'Give the public key of who signs the repository: --repo-key FILE, with or without armour.',
      'Look at what a file holds: gpg --show-keys FILE.',
    ],
    exitCode: exitCode.usage,
  },
  'APO-REPO-UNREACHABLE': {
    title: 'The host could not read the repository',
    cause:
      'It cannot reach the address, does not trust its certificate, or the repository has nothing for this ' +
      'distribution and release. Hosts use the proxies of their package manager and of /etc/environment.',
    fix: [
      'Try the address of the message on the host: curl -I ADDRESS.',
      'Or leave --repo away: the enforcer is then copied over SSH.',
    ],
    exitCode: exitCode.unreachable,
  },
  'APO-REPO-SIGNATURE': {
    title: 'The repository is not signed with the given key, or was altered',
    cause:
      'The signature does not fit, is missing or has expired, or a file is not what the signed list names. ' +
      'Nothing of it was installed.',
    fix: [
      'Compare the fingerprint in the plan with the one that the owner of the repository publishes.',
      'Where the key has changed, give the new one: --repo-key FILE. Do not install before you know why.',
    ],
    exitCode: exitCode.no,
  },
  'APO-REPO-VERSION': {
    title: 'The repository does not have this version',
    cause:
      'There is no package prisma-enforcer in it, not in the version that was asked for, or not in the version ' +
      'that runs on the host, without which an upgrade could not be taken back.',
    fix: [
      'Ask for a version that the message names: --enforcer-version, --target-version.',
      'Keep the version before in the repository until its upgrade is over.',
    ],
    exitCode: exitCode.no,
  },
  'APO-REPO-LOCKED': {
    title: 'The package manager of the host was busy all the time',
    cause: 'Another apt, dpkg, dnf or yum has its lock: an automatic update, or somebody else.',
    fix: ['See who it is: ps -e | grep -E "apt|dpkg|dnf|yum". Run the same command again when it is done.'],
    exitCode: exitCode.unreachable,
  },
  'APO-REPO-DISTRIBUTION': {
    title: 'Repositories of the enforcer have no place for this distribution',
    cause:
      'Their layout knows Ubuntu, Debian, CentOS, RHEL and Amazon Linux, and systems that say they are like these.',
    fix: ['Leave --repo away: the enforcer is then copied over SSH, to any distribution.'],
    exitCode: exitCode.no,
  },
  'APO-REPO-MANAGER': {
    title: 'The host lacks the package manager of its distribution',
    cause: 'Debian and Ubuntu need apt-get; CentOS, RHEL and Amazon Linux need dnf or yum.',
    fix: ['Install it, or leave --repo away: the enforcer is then copied over SSH.'],
    exitCode: exitCode.no,
  },
  'APO-REPO-SOURCE': {
    title: 'The enforcer of the host does not come from there',
    cause:
      'One host has one owner of /opt/prisma-enforcer: a package manager, or apoctl that copied it. The other one ' +
      'does not touch it.',
    fix: [
      'Go on in the way it was installed: with --repo, or without.',
      'Or remove it first: apoctl enforcer uninstall linux.',
    ],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
