/** A version of the enforcer as packages have it: what comes before a release sorts below it. */
export function packageVersionOf(version: string): string {
  return version.replace('-', '~').replaceAll('-', '.')
}

/** The version of the enforcer in that of a package, which may have an epoch and a revision around it. */
export function enforcerVersionOf(packageVersion: string): string {
  return packageVersion
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace('~', '-')
}

/** Finds the package of a version of the enforcer among those that a repository has. */
export function matchVersion(wanted: string, offered: readonly string[]): string | undefined {
  const exact = packageVersionOf(wanted)
  return offered.find((version) => {
    const plain = version.replace(/^\d+:/, '')
    return plain === exact || plain.startsWith(`${exact}-`)
  })
}
