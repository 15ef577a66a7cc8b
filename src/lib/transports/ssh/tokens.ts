/** Replaces `%h` and its like; `%%` is a percent sign, a token without a value stays as it is. */
export function expandTokens(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (values[token] ?? whole)))
}
