import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'
import { packageErrors } from './packages.ts'

/** What can go wrong on the way of the enforcer's package to a host. */
export const deliveryErrors = {
  ...packageErrors,
  'APO-DELIVERY-DIGEST': {
    title: 'What arrived on the host is not what the signed manifest names',
    cause:
      'The archive has the right size and another digest: a disk, a mirror or something between altered it. ' +
      'It was removed and nothing of it was unpacked.',
    fix: [
      'Run the same command again: it brings the archive anew.',
      'Where it came from a mirror, see that the mirror has the same build: apoctl enforcer bundle export.',
    ],
    exitCode: exitCode.no,
  },
  'APO-DELIVERY-SIGNATURE': {
    title: 'The signature of the manifest does not fit, says the host',
    cause:
      'OpenSSL on the host came to another result than apoctl, or cannot work: it is broken or configured so.',
    fix: ['Check OpenSSL on the host: openssl version -a. Do not install before you know why.'],
    exitCode: exitCode.no,
  },
  'APO-DELIVERY-TOOL': {
    title: 'The host has nothing to download with',
    cause:
      'Hosts that fetch the package themselves (--from-url) do so with curl or GNU wget. The wget of BusyBox ' +
      'checks no certificates, and is used only where no token is sent.',
    fix: ['Install curl on the host, or leave --from-url away: the package is then copied over SSH.'],
    exitCode: exitCode.no,
  },
  'APO-DELIVERY-DOWNLOAD': {
    title: 'The host could not download the package',
    cause:
      'It cannot reach the address, does not trust its certificate, or a file is not there. Hosts use the ' +
      'proxies of their own environment and /etc/environment.',
    fix: [
      'Try the address of the message on the host: curl -I ADDRESS.',
      'Put the layers there as they lie in the bundle, one folder for each platform.',
      'Or leave --from-url away: the package is then copied over SSH.',
    ],
    exitCode: exitCode.unreachable,
  },
  'APO-DELIVERY-RELAY': {
    title: 'The host could not download the package from the relay',
    cause:
      'The jump host gives out the package (--relay) at a port of its own, and the host cannot connect to it: a ' +
      'firewall of either stands between them, or the jump host reaches the host by a way that does not lead back.',
    fix: [
      'Choose a port that hosts may connect to on the jump host: --relay-port PORT.',
      'Or leave --relay away: the package is then copied to each host over SSH.',
    ],
    exitCode: exitCode.unreachable,
  },
  'APO-RELAY-START': {
    title: 'The jump host cannot be a relay',
    cause:
      'A relay (--relay) copies the package to the jump host, and runs a small server from it there. For that the ' +
      'account must be allowed to run programs, have room for the package in its home or in /tmp, not mounted ' +
      'noexec, and the machine must be one that the enforcer itself could run on.',
    fix: [
      'Try what the message says by hand: ssh JUMPHOST uname -m.',
      'Or leave --relay away: the package is then copied to each host over SSH.',
    ],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
