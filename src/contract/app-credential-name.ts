const prefix = 'app:credential:'

/** The common name of the certificate of an app credential. Source: section 2.4 of the wire contract. */
export function commonNameOf(credential: { readonly id: string; readonly name: string }): string {
  return `${prefix}${credential.id}:${credential.name}`
}

/** The ID in such a common name; the name after it may contain anything. */
export function credentialIdOf(commonName: string): string | undefined {
  if (!commonName.startsWith(prefix)) return undefined
  const rest = commonName.slice(prefix.length)
  const end = rest.indexOf(':')
  return end > 0 ? rest.slice(0, end) : undefined
}
