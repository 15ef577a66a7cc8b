import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { enforcerProgramFiles } from '../../../contract/enforcer-paths.ts'
import { mebibytes } from '../../progress/mebibytes.ts'
import type { Reporter } from '../../progress/reporter.ts'
import { runScriptWithInput } from '../../platforms/linux/run-script-with-input.ts'
import { runScript, type Script } from '../../platforms/linux/run-script.ts'
import type { Transport } from '../../transports/transport.ts'
import type { EnforcerBundle, VerifiedLayer } from '../bundle/open-enforcer-bundle.ts'
import { receiveLayer } from '../linux/delivery-scripts.ts'
import { cannotStart, openRelayFolder } from './open-relay-folder.ts'
import { startRelayServer } from './start-relay-server.ts'

export interface RelayOptions {
  /** dist/relay-program.cjs */
  readonly programFile: string
  /** What hosts connect to on the jump host; 0 for any port that is free. */
  readonly port: number
  /** The package for a kind of machine, as `uname -m` names it. */
  readonly bundleFor: (machine: string) => Promise<EnforcerBundle>
}

/** Gives out layers on a jump host. */
export interface Relay {
  /** Sees that the layers of a bundle are there, each copied once. */
  offer(bundle: EnforcerBundle): Promise<void>
  /** Where a host that the jump host knows by this name finds them. */
  addressFor(towards: string): Promise<string>
  /** Resolves when it is over. */
  readonly ended: Promise<void>
  /** Leaves nothing there. */
  close(): Promise<void>
}

/** $1 folder, $2 archive of the runtime. */
const unpackRuntime = `set -eu
umask 077
mkdir -p "$1"
tar -xzf "$2" -C "$1" --no-same-owner`

/** $1 where it goes; the program on standard input. */
const receiveProgram = `set -eu
umask 077
cat > "$1"`

interface Place {
  readonly transport: Transport
  readonly folder: string
  readonly signal: AbortSignal
  readonly reporter: Reporter
}

/**
 * Turns a jump host into a relay: the runtime of the enforcer is copied there, and runs a small server until we
 * are gone. `transport` is closed with it. Rejects with APO-RELAY-START, APO-BUNDLE-* and APO-SSH-*.
 */
export async function startRelay(options: RelayOptions, context: Omit<Place, 'folder'>): Promise<Relay> {
  const { transport, signal } = context
  const folder = await openRelayFolder(transport, signal)
  try {
    const place = { ...context, folder: folder.path }
    const offer = offering(place)
    const bundle = await options.bundleFor(folder.machine)
    await offer(bundle)
    const args = await putProgram({ bundle, options }, place)
    const server = await startRelayServer({ args, port: options.port }, context)
    return {
      offer,
      addressFor: (towards) => server.addressFor(towards),
      ended: server.ended,
      close: async () => {
        await server.close()
        await folder.close()
      },
    }
  } catch (error) {
    await folder.close()
    throw error
  }
}

/** Node, the program and the folder, on the jump host. */
async function putProgram(
  what: { readonly bundle: EnforcerBundle; readonly options: RelayOptions },
  place: Place,
): Promise<readonly string[]> {
  const { bundle, options } = what
  const runtime = bundle.layers.find(({ name }) => name === 'runtime')
  if (runtime === undefined) throw new Error('a bundle without a runtime')
  const [programs, program] = [posix.join(place.folder, 'runtime'), posix.join(place.folder, 'relay.cjs')]
  await run(place, { text: unpackRuntime, args: [programs, archiveOf(bundle, { runtime, place })] })
  await run(place, { text: receiveProgram, args: [program], input: createReadStream(options.programFile) })
  return [posix.join(programs, enforcerProgramFiles.node), program, place.folder]
}

function archiveOf(
  { manifest }: EnforcerBundle,
  of: { readonly runtime: VerifiedLayer; readonly place: Place },
): string {
  return posix.join(of.place.folder, 'files', manifest.platform, of.runtime.file)
}

function offering(place: Place): Relay['offer'] {
  const sent = new Map<string, Promise<void>>()
  return async ({ layers, manifest: { platform } }) => {
    for (const layer of layers) {
      const sending = sent.get(layer.sha256) ?? sendLayer({ layer, platform }, place)
      sent.set(layer.sha256, sending)
      await sending
    }
  }
}

async function sendLayer(
  what: { readonly layer: VerifiedLayer; readonly platform: string },
  place: Place,
): Promise<void> {
  const { file, sha256, sizeBytes, path, name } = what.layer
  const folder = posix.join(place.folder, 'files', what.platform)
  const text = `copies the ${name} layer (${mebibytes(sizeBytes)}), once for all hosts behind it`
  place.reporter.report({ type: 'note', subject: place.transport.target, text })
  const args = [folder, file, sha256, String(sizeBytes), '0']
  await run(place, { text: receiveLayer, args, input: createReadStream(path) })
}

async function run(
  { transport, signal }: Place,
  script: Script & { readonly input?: ReturnType<typeof createReadStream> },
): Promise<void> {
  const { input, ...rest } = script
  const how = { ...rest, signal }
  const done =
    input === undefined
      ? await runScript(transport, how)
      : await runScriptWithInput(transport, { ...how, input })
  if (done.exitCode !== 0) throw cannotStart(transport.target, done.stderr.toString('utf8'))
}
