/** So many events go out before sockets get a chance to write; well below what a reader may lag behind. */
const perTurn = 16

/**
 * Gives events out in the order in which they came, a few in each turn of the event loop: an import of a
 * thousand objects must not make every reader look slow.
 */
export function inTurns<Event>(deliver: (event: Event) => void): (event: Event) => void {
  const waiting: Event[] = []
  const turn = (): void => {
    for (const event of waiting.splice(0, perTurn)) deliver(event)
    if (waiting.length > 0) setImmediate(turn)
  }
  return (event) => {
    if (waiting.push(event) === 1) setImmediate(turn)
  }
}
