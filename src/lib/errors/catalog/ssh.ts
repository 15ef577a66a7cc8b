import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong on the way to a host over SSH. */
export const sshErrors = {
  'APO-SSH-UNREACHABLE': {
    title: 'The host cannot be reached over SSH',
    cause: 'No connection to its SSH port could be made: name unknown, refused, no route, or no answer.',
    fix: ['Check the name, the port and that sshd runs there.'],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-LOST': {
    title: 'The SSH connection broke',
    cause: 'The connection was up and then closed or went silent before the work was done.',
    fix: ['Run the command again: it goes on from the state it finds.'],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-TIMEOUT': {
    title: 'The host did not answer in time',
    cause: 'The deadline of a connection or of a remote command passed.',
    fix: ['Try again, or give a longer --timeout.'],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-HOSTKEY-UNKNOWN': {
    title: 'The host key is not known',
    cause: 'No known_hosts file has a key for this host, so nobody can tell whether it is the right one.',
    fix: [
      'Compare the fingerprint with the host and add it to known_hosts.',
      'Or accept new keys with --accept-new-host-keys.',
    ],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-HOSTKEY-CHANGED': {
    title: 'The host key is not the one that is known',
    cause: 'The host was reinstalled, its address was reused, or somebody stands between.',
    fix: ['Find out why it changed; if it is right, remove the old line: ssh-keygen -R HOST.'],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-HOSTKEY-REVOKED': {
    title: 'The host key is revoked',
    cause: 'A known_hosts file marks this very key as @revoked.',
    fix: ['Give the host a new key.'],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-AUTH': {
    title: 'The host accepts none of the keys or passwords',
    cause: 'Every way of logging in that was tried was refused.',
    fix: ['Check the user name, and give a key with --identity or a password with --ask-password.'],
    exitCode: exitCode.denied,
  },
  'APO-SSH-KEY': {
    title: 'A private key cannot be used',
    cause: 'The file is missing, is no private key, or its passphrase is missing or wrong.',
    fix: ['Add the key to ssh-agent, or set APOCTL_SSH_PASSPHRASE.'],
    exitCode: exitCode.usage,
  },
  'APO-SSH-CONFIG': {
    title: 'The SSH configuration cannot be used',
    cause: 'A line of ssh_config or known_hosts does not parse, or asks for what apoctl cannot do.',
    fix: ['Correct the line that the message names.'],
    exitCode: exitCode.usage,
  },
} as const satisfies Record<string, CatalogEntry>
