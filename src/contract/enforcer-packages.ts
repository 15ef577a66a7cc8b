/**
 * Where a Console gives out the enforcer's layers, to whoever shows a token of it:
 * `<path>/<platform>/<file>`. An address of our own: the vendor's contract has none.
 */
export const enforcerPackagesPath = '/_packages/enforcer'

/** What a token may do that is made to fetch layers, and nothing else. */
export const packagePermission = 'package,get'
