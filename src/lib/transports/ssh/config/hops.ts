/**
 * The jump hosts of a ProxyJump, first hop first, each as it was written; `['none']` for none, and
 * `undefined` when one of them is no host. Names may hold tokens, which are expanded later.
 */
export function hopsOf(value: string): string[] | undefined {
  // A comment, or whatever else stands after a blank, is left out as ssh leaves it out.
  const [list = ''] = value.replace(/#.*$/s, '').split(/\s/)
  if (list.toLowerCase() === 'none') return ['none']
  const hops = list.split(',')
  return hops.every(isHop) ? hops : undefined
}

/** `[user@]host[:port]` or `ssh://…`; an empty port is allowed, as in OpenSSH. */
function isHop(text: string): boolean {
  const plain = text.replace(/^ssh:\/\//, '')
  const [, host, port] = /^(?:.+@)?(\[[^\]]*\]|[^@:/[][^@:/]*)(?::(\d*))?\/?$/.exec(plain) ?? []
  if (host === undefined) return false
  return port === undefined || port === '' || (Number(port) >= 1 && Number(port) <= 65_535)
}
