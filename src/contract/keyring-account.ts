/**
 * Whether a text is a name under which a keyring keeps something of ours. It needs no quoting anywhere, as it
 * may stand in a file that somebody else has written.
 */
export function isKeyringAccount(text: string): boolean {
  return /^[A-Za-z0-9_][\w.-]{0,199}$/.test(text)
}
