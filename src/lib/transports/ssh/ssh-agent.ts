import { connect } from 'node:net'
import { withDeadline } from '../../async/deadline.ts'
import { wireString } from './key-blob.ts'

/** What an ssh-agent holds and does. */
export interface SshAgent {
  /** Keys and certificates, in the order of the agent. */
  keys(): Promise<Buffer[]>
  /** A whole signature: the name of its algorithm and its value. */
  sign(what: { readonly key: Buffer; readonly data: Buffer; readonly flags: number }): Promise<Buffer>
}

/** What RSA keys sign with; the other types have one way each. */
export const agentRsaFlags = { sha256: 2, sha512: 4 } as const

const listRequest = 11
const listAnswer = 12
const signRequest = 13
const signAnswer = 14
const answerMs = 5000
/** Keys may need a finger or a question at the agent's side. */
const signMs = 60_000
const largestAnswer = 256 * 1024

/**
 * Talks to an ssh-agent through its socket. The library has a client of its own, which leaves out the
 * certificates.
 */
export function openAgent(socketPath: string): SshAgent {
  return {
    async keys() {
      const answer = await ask(socketPath, { message: Buffer.from([listRequest]), timeoutMs: answerMs })
      if (answer[0] !== listAnswer || answer.length < 5) throw new Error('the agent lists no keys')
      // Each key is followed by its comment.
      return stringsOf(answer.subarray(5)).filter((_, index) => index % 2 === 0)
    },
    async sign({ key, data, flags }) {
      const tail = Buffer.alloc(4)
      tail.writeUInt32BE(flags)
      const message = Buffer.concat([Buffer.from([signRequest]), wireString(key), wireString(data), tail])
      const answer = await ask(socketPath, { message, timeoutMs: signMs })
      const [signature] = answer[0] === signAnswer ? stringsOf(answer.subarray(1)) : []
      if (signature === undefined) throw new Error('the agent does not sign with the key')
      return signature
    },
  }
}

function stringsOf(content: Buffer): Buffer[] {
  const strings: Buffer[] = []
  for (let at = 0; at + 4 <= content.length;) {
    const end = at + 4 + content.readUInt32BE(at)
    if (end > content.length) throw new Error('the answer of the agent is cut off')
    strings.push(content.subarray(at + 4, end))
    at = end
  }
  return strings
}

/** One question and its answer, on a connection of its own. */
function ask(
  socketPath: string,
  question: { readonly message: Buffer; readonly timeoutMs: number },
): Promise<Buffer> {
  return withDeadline({ timeoutMs: question.timeoutMs }, (signal) => {
    const socket = connect(socketPath)
    const answer = new Promise<Buffer>((resolve, reject) => {
      let received = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk])
        const length = received.length < 4 ? largestAnswer : received.readUInt32BE(0)
        if (length > largestAnswer) reject(new Error('the answer of the agent is too long'))
        if (received.length >= 4 + length) resolve(received.subarray(4, 4 + length))
      })
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('the agent does not answer')))
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
    socket.write(wireString(question.message))
    return answer.finally(() => socket.destroy())
  })
}
