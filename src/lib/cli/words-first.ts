/** Flags with a value that may stand between the words of a command, as in `apoctl api -n /acme list ns`. */
const early = ['-n', '--namespace', '-A', '--api', '-t', '--token', '--creds', '--config', '-o', '--output']

/** The same command line with its early flags at the end of the words of the command. */
export function wordsFirst(argv: readonly string[]): readonly string[] {
  let at = 0
  const flags: string[] = []
  const words: string[] = []
  for (; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    const [name = ''] = word.split('=', 1)
    if (!word.startsWith('-')) words.push(word)
    else if (!early.includes(name)) break
    else if (word.includes('=')) flags.push(word)
    else flags.push(word, ...argv.slice((at += 1), at + 1))
  }
  // Nothing but flags: there is no command for them to stand in.
  return words.length === 0 ? argv : [...words, ...flags, ...argv.slice(at)]
}
