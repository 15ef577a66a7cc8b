import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { CommandOptions, Transport } from '../../transports/transport.ts'
import { commandFailed } from './run-script.ts'
import { withHeader } from './with-header.ts'

export interface RemoteFile extends CommandOptions {
  /** Absolute; its directory must exist. */
  readonly path: string
  /** Permission bits, such as 0o600. */
  readonly mode: number
  /** `user:group`; default: whoever writes it. */
  readonly owner?: string
}

/** Writes a file on the host: whole or not at all, verified there, with the mode it will have. */
export async function writeFile(
  transport: Transport,
  file: RemoteFile & { readonly content: string | Buffer },
): Promise<void> {
  const content = Buffer.from(file.content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  await send(transport, { file, sha256, sizeBytes: content.length, body: content })
}

/** As `writeFile`, from a file of this machine and without holding it in memory. */
export async function uploadFile(
  transport: Transport,
  file: RemoteFile & { readonly localPath: string },
): Promise<void> {
  const { size } = await stat(file.localPath)
  const sha256 = await digestOf(createReadStream(file.localPath))
  await send(transport, { file, sha256, sizeBytes: size, body: createReadStream(file.localPath) })
}

interface Sending {
  readonly file: RemoteFile
  readonly sha256: string
  readonly sizeBytes: number
  readonly body: Buffer | Readable
}

/** Exit codes of the receiver that mean something of their own. */
const notTheSame = 61
const noDirectory = 62

/**
 * What the host runs. One line, no exclamation mark and no quote inside, so that every login shell
 * hands it to sh unchanged; the parameters come as the first lines of its input. `read` takes its
 * input byte by byte from a pipe, so the file begins right after them.
 */
const receiver = [
  'LC_ALL=C; export LC_ALL; IFS= read -r p; IFS= read -r m; IFS= read -r o; IFS= read -r h; IFS= read -r s',
  `[ -d "\${p%/*}/" ] || exit ${noDirectory}`,
  't=$p.apoctl-$$; umask 077; trap "rm -f -- \\"\\$t\\"" EXIT; trap "exit 1" HUP INT TERM',
  'cat > "$t" || exit 1',
  `[ "$(wc -c < "$t")" -eq "$s" ] || exit ${notTheSame}`,
  'if command -v sha256sum >/dev/null 2>&1; then g=$(sha256sum < "$t"); g=${g%% *}; elif command -v openssl >/dev/null 2>&1; then g=$(openssl dgst -sha256 < "$t"); g=${g##* }; else g=$h; fi',
  `[ "$g" = "$h" ] || exit ${notTheSame}`,
  '[ -z "$o" ] || chown "$o" "$t" || exit 1',
  'chmod "$m" "$t" && mv -f -- "$t" "$p"',
].join('; ')

async function send(transport: Transport, sending: Sending): Promise<void> {
  const { file } = sending
  const { path, mode, owner, ...options } = file
  if (/[\n\0]/.test(path) || !path.startsWith('/'))
    throw new RangeError(`${JSON.stringify(path)} is not an absolute path`)
  const header = `${[path, mode.toString(8), owner ?? '', sending.sha256, String(sending.sizeBytes)].join('\n')}\n`
  const stdin = withHeader(header, sending.body)
  const result = await transport.run({ command: `exec sh -c '${receiver}'`, stdin }, options)
  if (result.exitCode === 0) return
  const { target } = transport
  if (result.exitCode === notTheSame)
    throw new ApoctlError([
      'APO-HOST-ANSWER',
      `${path} did not arrive whole on ${target}; nothing was changed`,
    ])
  const purpose =
    result.exitCode === noDirectory ? `write ${path}: its directory is missing` : `write ${path}`
  throw commandFailed(result, { purpose, target })
}

async function digestOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
