/** What both kinds of package say about themselves. */
export const summary = 'enforcer of identity-based microsegmentation'
export const description = [
  'Reports, and where it is told to also blocks, the connections of a host by',
  'the identities of both ends. It is installed without being started: name a',
  'Console in /var/lib/prisma-enforcer/prisma-enforcer.conf, then enable',
  'prisma-enforcer.service.',
]
export const maintainer = 'apoctl <packages@apoctl.invalid>'

/** A version as packages have it: what comes before a release sorts below it. */
export function packageVersion(version) {
  return version.replace('-', '~').replaceAll('-', '.')
}
