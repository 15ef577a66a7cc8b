/** What a command line gives for a flag, before it is parsed: `--flag VALUE` or `--flag=VALUE`. */
export function valueOfFlag(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
  const word = argv[at]
  if (word === undefined) return undefined
  return word === flag ? argv[at + 1] : word.slice(flag.length + 1)
}
