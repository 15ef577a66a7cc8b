const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** Whether an address is on the machine of whoever goes there. */
export function isLoopback({ hostname }: Pick<URL, 'hostname'>): boolean {
  return loopback.has(hostname)
}

/** What is wrong with the address of a server that a Console has to believe, or undefined: TLS, or its machine. */
export function serverAddressProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && isPlain(url) && isSafe(url) ? undefined : `'${text}' is not an https address`
}

function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}

function isPlain({ username, password, hash }: URL): boolean {
  return username === '' && password === '' && hash === ''
}
