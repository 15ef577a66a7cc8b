/** `https://host:port` of an address of a Console; undefined unless it is https and nothing is behind the port. */
export function consoleOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain =
    url?.protocol === 'https:' && url.pathname === '/' && url.search === '' && url.username === ''
  return isPlain ? url.origin : undefined
}
