import { startDeadline } from '../../async/deadline.ts'
import { firstOf } from '../../async/first-of.ts'
import { ApoctlError } from '../../errors/apoctl-error.ts'
import type { Secret } from '../../secrets/secret.ts'
import { openCallbackServer } from './callback-server.ts'
import { proofIn, type ExpectedAnswer } from './expected-answer.ts'
import type { LoginContext } from './issued-token.ts'
import { readPastedAnswer } from './pasted-answer.ts'

export interface BrowserOptions {
  /** Of the address that the provider sends the browser back to. */
  readonly port: number
  readonly timeoutMs: number
  /** Nothing is listened on: the browser is elsewhere, and somebody pastes the address that it ended at. */
  readonly pasteOnly?: boolean | undefined
}

export interface BrowserContext extends LoginContext {
  /** Takes a person to the provider: opens a browser, or says the address. */
  readonly show: (address: string) => void
  /** Asks for the address that the browser ended at; absent where nobody can be asked. */
  readonly askForAddress?: ((signal: AbortSignal) => Promise<Secret>) | undefined
  /** Says what is wrong with something pasted, or with what a browser does. */
  readonly warn: (text: string) => void
}

/** Where a login takes the browser, and what it has to come back with. */
export interface BrowserErrand {
  readonly address: string
  readonly expected: ExpectedAnswer
}

/** What the Console is shown. */
export interface BrowserProof {
  readonly proof: Secret
  /** Of the login that it is for. */
  readonly state: string
}

export interface BrowserPlan extends BrowserOptions {
  /** For providers that come back to https only: key and certificates in one PEM text. */
  readonly tlsPem?: Secret | undefined
  /** Finds out where to go, once it is known where the browser comes back to. */
  readonly begin: (redirectUrl: string) => Promise<BrowserErrand>
}

/**
 * Sends a person to an identity provider and waits for what the browser brings back: to a server on the
 * loopback, or pasted into the terminal, whichever is first. Throws APO-LOGIN-REFUSED when the provider says
 * no, APO-LOGIN-CALLBACK when nobody comes back in time or nothing can be listened on.
 */
export async function proofFromBrowser(plan: BrowserPlan, context: BrowserContext): Promise<BrowserProof> {
  const { port, tlsPem } = plan
  const onDistrust = warnOnce('a browser came that does not trust the certificate of apoctl', context)
  const server = plan.pasteOnly === true ? undefined : await openCallbackServer({ port, tlsPem, onDistrust })
  try {
    const { address, expected } = await plan.begin(server?.url ?? `http://localhost:${port}`)
    const ask = context.askForAddress
    const ways = [
      ...(server === undefined ? [] : [(signal: AbortSignal) => server.answer(expected, signal)]),
      ...(ask === undefined
        ? []
        : [(signal: AbortSignal) => pastedAnswer(expected, { ...context, ask, signal })]),
    ]
    context.show(address)
    const answer = await beforeDeadline(ways, { timeoutMs: plan.timeoutMs, signal: context.signal })
    return { proof: proofIn(answer, expected), state: expected.state.value }
  } finally {
    await server?.close()
  }
}

/** An address of the web, and not one that has the browser run something else. */
export function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new ApoctlError(['APO-API-ANSWER', 'the Console sends to something that is no address of the web'])
}

/** The first answer that comes in any of these ways. */
async function beforeDeadline(
  ways: readonly ((signal: AbortSignal) => Promise<URLSearchParams>)[],
  wait: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<URLSearchParams> {
  const deadline = startDeadline(wait.timeoutMs, wait.signal)
  try {
    return await firstOf(ways, deadline)
  } catch (error) {
    wait.signal.throwIfAborted()
    if (!deadline.passed) throw error
    const text = 'nobody came back from the browser in time'
    throw new ApoctlError(['APO-LOGIN-CALLBACK', text], { cause: error })
  } finally {
    deadline.clear()
  }
}

/** Asks until what is pasted is the answer. */
async function pastedAnswer(
  expected: ExpectedAnswer,
  by: Pick<BrowserContext, 'warn'> & {
    readonly ask: (signal: AbortSignal) => Promise<Secret>
    readonly signal: AbortSignal
  },
): Promise<URLSearchParams> {
  for (;;) {
    const read = readPastedAnswer((await by.ask(by.signal)).reveal(), expected)
    if (read.ok) return read.answer
    by.warn(`${read.problem}: paste the whole address that the browser ended at`)
  }
}

function warnOnce(text: string, { warn }: Pick<BrowserContext, 'warn'>): () => void {
  let isSaid = false
  return () => {
    if (!isSaid) warn(text)
    isSaid = true
  }
}
