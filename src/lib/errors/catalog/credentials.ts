import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong while somebody proves who they are, and while that proof is kept. */
export const credentialErrors = {
  'APO-FILE-EXISTS': {
    title: 'A file that must not be overwritten is there already',
    cause: 'It may hold the only copy of a key, or settings that somebody made.',
    fix: ['Move it away, choose another place, or give --force where there is such a flag.'],
    exitCode: exitCode.no,
  },
  'APO-FILE-WRITE': {
    title: 'A file cannot be written',
    cause: 'Its folder is not there, belongs to somebody else, or the disk is full.',
    fix: ['Make room or choose another place.'],
    exitCode: exitCode.no,
  },
  'APO-CLOUD-METADATA': {
    title: 'This machine does not seem to be in that cloud',
    cause: 'No metadata service answered, or what answered is something else.',
    fix: ['Run this on a machine of that cloud, or give the proof of who you are with flags: --help.'],
    exitCode: exitCode.unreachable,
  },
  'APO-CLOUD-IDENTITY': {
    title: 'This machine is in the cloud, but its cloud gives it no identity',
    cause: 'It has no role, managed identity or service account.',
    fix: ['Give the machine one, or log in in another way.'],
    exitCode: exitCode.denied,
  },
  'APO-LOGIN-REFUSED': {
    title: 'The identity provider did not let you in',
    cause: 'You, or the provider, said no in the browser.',
    fix: ['Try again, and look at what the provider says in the browser.'],
    exitCode: exitCode.denied,
  },
  'APO-LOGIN-CALLBACK': {
    title: 'The browser did not come back in order',
    cause: 'Nobody logged in before the time was over, or what came back belongs to another login.',
    fix: ['Try again; where no browser can reach this machine, give --paste.'],
    exitCode: exitCode.unreachable,
  },
  'APO-LOGIN-CERTIFICATE': {
    title: 'No browser here trusts the certificate of apoctl',
    cause:
      'SAML providers send browsers back over https only. apoctl has a certificate of its own for that, which is ' +
      'good for localhost alone and has to be trusted once.',
    fix: [
      'apoctl auth saml --print-cert > apoctl-login.pem, and have your browser trust it as an authority.',
      'With the browser on another machine, or to let it through when it warns, give --skip-local-cert-check.',
    ],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
