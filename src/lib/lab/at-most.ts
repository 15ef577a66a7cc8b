export interface AtMostOptions<Item> {
  readonly items: readonly Item[]
  readonly limit: number
}

/**
 * Runs `action` over all items, at most `limit` at a time, and waits for every one that was begun;
 * then throws the first failure, if any. Nothing new is begun after a failure.
 */
export async function atMost<Item, Result>(
  options: AtMostOptions<Item>,
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const failures: unknown[] = []
  const queue = options.items.entries()
  const worker = async () => {
    for (const [index, item] of queue) {
      if (failures.length > 0) return
      try {
        results[index] = await action(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: options.limit }, worker))
  if (failures.length > 0) throw failures[0]
  return results
}
