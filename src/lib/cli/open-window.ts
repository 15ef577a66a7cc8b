import type { LiveScreen } from '../output/reporters/live-area.ts'
import { createWindow, type Window } from '../output/window.ts'
import type { WatchedStream } from './exit.ts'
import type { RunEnvironment } from './run-environment.ts'

/** The window onto the streams of this process; the watch over standard output knows whether anybody reads it. */
export function openWindow(environment: RunEnvironment, stdout: Pick<WatchedStream, 'wantsMore'>): Window {
  return createWindow({
    stdout: { ...streamOf(process.stdout, environment), wantsMore: stdout.wantsMore },
    stderr: { ...streamOf(process.stderr, environment), screen: screenOf(process.stderr) },
  })
}

function streamOf(stream: NodeJS.WriteStream, environment: RunEnvironment) {
  return {
    isTty: stream.isTTY,
    columns: stream.columns,
    env: environment.env,
    write: (text: string): void => void stream.write(text),
  }
}

/** A terminal may change its size at any time. */
function screenOf(stream: NodeJS.WriteStream): LiveScreen {
  return {
    write: (text) => void stream.write(text),
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
    onResize: (changed) => void stream.on('resize', changed),
  }
}
