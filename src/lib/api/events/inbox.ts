/** What arrives when it likes, for a reader who takes it when it can. */
export interface Inbox<Item> {
  readonly put: (item: Item) => void
  /** Nothing more will come. With an error, the reader gets it after what came before. */
  readonly end: (error?: unknown) => void
  readonly items: () => AsyncGenerator<Item, void, undefined>
}

/** Above this many waiting items the sender is asked to stop, at none to go on. */
const mostWaiting = 256

/** `source` is paused while the reader is behind, so that memory stays bounded however much is sent. */
export function createInbox<Item>(source: {
  readonly pause: () => void
  readonly resume: () => void
}): Inbox<Item> {
  const waiting: Item[] = []
  let ended: { readonly error?: unknown } | undefined
  let wake: () => void = () => undefined
  return {
    put(item) {
      waiting.push(item)
      if (waiting.length === mostWaiting) source.pause()
      wake()
    },
    end(error) {
      ended ??= error === undefined ? {} : { error }
      wake()
    },
    async *items() {
      for (;;) {
        for (const item of waiting.splice(0)) yield item
        if (waiting.length > 0) continue
        if (ended !== undefined) {
          if ('error' in ended) throw ended.error
          return
        }
        source.resume()
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
