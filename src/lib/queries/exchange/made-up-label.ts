/** Easily told apart when they are read aloud. */
const manners = [
  'amber', 'bold', 'brave', 'brisk', 'calm', 'clever', 'cosy', 'curious', 'dapper', 'eager', 'fancy', 'gentle',
  'happy', 'humble', 'jolly', 'keen', 'lively', 'lucky', 'merry', 'mild', 'noble', 'patient', 'proud', 'quick',
  'quiet', 'shiny', 'silly', 'sturdy', 'sunny', 'swift', 'tidy', 'witty',
] // prettier-ignore
const animals = [
  'badger', 'beaver', 'bison', 'camel', 'crane', 'donkey', 'falcon', 'ferret', 'finch', 'gecko', 'goose',
  'hamster', 'heron', 'ibex', 'koala', 'lemur', 'lynx', 'magpie', 'marmot', 'mole', 'newt', 'otter', 'panda',
  'pelican', 'puffin', 'raven', 'salmon', 'squid', 'tapir', 'tortoise', 'walrus', 'wombat',
] // prettier-ignore

/**
 * A label for an export that was given none: nobody minds replacing it, and two are hardly ever the same, for
 * the second would replace what the first has made. `random` is uniform in [0, 1).
 */
export function madeUpLabel(random: () => number): string {
  const one = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? ''
  const number = Math.floor(random() * 10_000)
  return `${one(manners)}-${one(animals)}-${String(number).padStart(4, '0')}`
}
