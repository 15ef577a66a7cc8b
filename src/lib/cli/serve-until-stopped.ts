import type { CommandContext } from './context.ts'

/** Something that serves until it is told to stop. */
export interface RunningService {
  close(): Promise<void>
}

/**
 * Starts a service, says that it runs, waits for Ctrl-C or SIGTERM, and stops it in good order. The run
 * ends with 130 or 143, as every run does that was told to stop; a unit counts 143 as success.
 */
export async function serveUntilStopped<Service extends RunningService>(
  service: { readonly start: () => Promise<Service>; readonly announce: (service: Service) => Promise<void> },
  context: Pick<CommandContext, 'signal'>,
): Promise<void> {
  const running = await service.start()
  try {
    await service.announce(running)
    await stopped(context.signal)
  } finally {
    await running.close()
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // The timer keeps the process up even if nothing else would.
    const heartbeat = setInterval(() => undefined, 60_000)
    const end = (): void => {
      clearInterval(heartbeat)
      resolve()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
