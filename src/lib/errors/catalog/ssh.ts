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
  'APO-SSH-TURNED-AWAY': {
    title: 'The host closes the connection before it says anything',
    cause:
      'Its sshd has too many logins under way (MaxStartups) or remembers failed ones (PerSourcePenalties), or a firewall or TCP wrapper closes the connection. It was tried several times.',
    fix: [
      'Try again later or with a lower --concurrency, and look at the log of its sshd.',
      'If many hosts lie behind one, reach them with ProxyJump: they share one login to it.',
    ],
    exitCode: exitCode.unreachable,
  },
  'APO-SSH-PROXY': {
    title: 'The ProxyCommand ended before the host was reached',
    cause: 'The command that ssh_config names as the way to the host failed, or is not there.',
    fix: [
      'Run the command by hand: it should print a line that begins with SSH-2.0.',
      'If many hosts lie behind one, ProxyJump does with one login to it what ProxyCommand does with many.',
    ],
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
  'APO-SSH-HOSTKEY-WEAK': {
    title: 'The host key is too short to be trusted',
    cause:
      'The RSA key of the host has fewer bits than RequiredRSASize of ssh_config asks for (1024 by default).',
    fix: ['Give the host a new key, of type ed25519 or longer.'],
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
