/** Whether a command line asks for JSON, known before its flags are parsed: errors have a form as well. */
export function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return own.some(
    (word, at) =>
      word === '--json' ||
      /^(?:-[a-z]*o=?|--output=)json$/i.test(word) ||
      (word === 'json' && /^(?:-[a-z]*o|--output)$/i.test(own[at - 1] ?? '')),
  )
}
