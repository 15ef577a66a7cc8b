import type { CatalogEntry } from '../catalog-entry.ts'
import { exitCode } from '../exit-code.ts'

/** What can go wrong between a client and a Microsegmentation Console. */
export const consoleErrors = {
  'APO-API-UNREACHABLE': {
    title: 'The Console cannot be reached',
    cause: 'No connection to the address of the Console could be made, or it broke.',
    fix: ['Check --api and that the Console is running: apoctl healthcheck.'],
    exitCode: exitCode.unreachable,
  },
  'APO-API-TIMEOUT': {
    title: 'The Console did not answer in time',
    cause: 'The deadline passed before the answer was complete.',
    fix: ['Try again, or give a longer --timeout.'],
    exitCode: exitCode.unreachable,
  },
  'APO-API-TLS': {
    title: 'The certificate of the Console is not trusted',
    cause:
      'The Console presented a certificate that no trusted authority signed, or that is for another name.',
    fix: ['Give the authority of the Console with --api-cacert FILE.'],
    exitCode: exitCode.unreachable,
  },
  'APO-API-AUTH': {
    title: 'The Console does not know who you are',
    cause: 'The token or credential is missing, expired, revoked or was issued by another Console.',
    fix: ['Get a new token or credential, or select another profile.'],
    exitCode: exitCode.denied,
  },
  'APO-API-FORBIDDEN': {
    title: 'The Console knows you and says no',
    cause: 'The roles of the credential, or the restrictions of the token, do not allow this here.',
    fix: ['Use a credential with a role that allows it in this namespace.'],
    exitCode: exitCode.denied,
  },
  'APO-API-REJECTED': {
    title: 'The Console refused the request',
    cause: 'The request was understood and is not valid: a field, a name or a value is wrong.',
    fix: ['Correct what the message names.'],
    exitCode: exitCode.no,
  },
  'APO-API-NOT-FOUND': {
    title: 'The Console has no such object',
    cause: 'Nothing of that ID or name exists in this namespace.',
    fix: ['List what there is, and check --namespace.'],
    exitCode: exitCode.no,
  },
  'APO-OBJECT-AMBIGUOUS': {
    title: 'Several objects have that name',
    cause: 'Names are not unique: another namespace, or the same one, has an object that is called so too.',
    fix: ['Give the ID of the one you mean, or work in its namespace without -r.'],
    exitCode: exitCode.no,
  },
  'APO-OBJECT-CHANGED': {
    title: 'Somebody else changed the object meanwhile',
    cause: 'What you send was made from an earlier state of the object, by its updateTime.',
    fix: ['Read the object again and repeat your change, or leave updateTime out to change it all the same.'],
    exitCode: exitCode.no,
  },
  'APO-API-DUPLICATE': {
    title: 'The Console has such an object already',
    cause: 'Another object has the same key: its name, or what else must be unique here.',
    fix: ['Use the object that is there, or choose another name.'],
    exitCode: exitCode.no,
  },
  'APO-API-UNSUPPORTED': {
    title: 'This Console cannot do that',
    cause: 'The address or the operation is not one that this Console offers.',
    fix: ['Check the version of the Console, and that --api is the right one.'],
    exitCode: exitCode.no,
  },
  'APO-API-UNAVAILABLE': {
    title: 'The Console cannot answer at the moment',
    cause: 'It is locked for maintenance, has too many requests to serve, or failed inside.',
    fix: ['Try again in a minute; apoctl healthcheck tells how it is.'],
    exitCode: exitCode.unreachable,
  },
  'APO-API-ANSWER': {
    title: 'The answer of the Console makes no sense',
    cause: 'The answer is not what the contract of the Console says; something between may have changed it.',
    fix: ['Check that --api is a Console and not a proxy or another server.'],
    exitCode: exitCode.unreachable,
  },
  'APO-CONSOLE-DATA': {
    title: 'The Console cannot use its data directory',
    cause:
      'The directory cannot be read or written, belongs to someone else, holds a damaged file, or another Console is using it.',
    fix: ['Stop the other Console, or give this one its own directory with --data-dir.'],
    exitCode: exitCode.no,
  },
  'APO-CONSOLE-LISTEN': {
    title: 'The Console cannot listen',
    cause: 'The address is in use, is not one of this machine, or the port needs privileges.',
    fix: ['Choose another address with --listen.'],
    exitCode: exitCode.no,
  },
} as const satisfies Record<string, CatalogEntry>
