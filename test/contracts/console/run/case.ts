import type { Expected } from './match.ts'

/**
 * One thing the wire contract says, and how to see it. A case is data: what is sent and what must come
 * back. `{name.field}` in any text stands for a field of an answer that was kept before; `{ns}` is the
 * namespace of the group, `{url}` the address of the Console.
 */
export interface ConformanceCase {
  readonly title: string
  /** The section of the wire contract that says so, such as `§1.3`. */
  readonly cites: string
  readonly steps: readonly Step[]
  /** Why this cannot be seen at a Console that is not ours to set up. */
  readonly embeddedOnly?: string
}

/** Cases that share a namespace of their own and what was made in it first. */
export interface ConformanceGroup {
  readonly title: string
  readonly given?: readonly Step[]
  readonly cases: readonly ConformanceCase[]
}

export type Step = RequestStep | ListenStep | SendStep | HearStep | CloseStep | PassStep | CsrStep

export interface RequestStep {
  readonly request: WireRequest
  readonly expect: ExpectedAnswer
  /** Keeps the answer: `{keep.ID}` is a field of its body, `{keep.*}` all of it, `{keep:x-next}` a header. */
  readonly keep?: string
}

export interface WireRequest {
  /** GET unless given. */
  readonly method?: string
  readonly path: string
  /** `{ns}` unless given; null sends no header. */
  readonly namespace?: string | null
  /** The administrator's unless given; null sends no Authorization. */
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** An object is sent as JSON; a string and bytes as they are. */
  readonly body?: unknown
  /** The body is sent, and the answer asked for, in msgpack. */
  readonly packed?: true
  /** Logs in with a client certificate: `own` is that of the run, else the name of a kept app credential. */
  readonly certificate?: string
}

export interface ExpectedAnswer {
  readonly status: number | readonly number[]
  readonly headers?: Readonly<Record<string, Expected>>
  readonly body?: Expected
  /** The first error of the array. */
  readonly error?: Expected
  /** The claims inside the token of the answer. */
  readonly claims?: Expected
}

/** Opens an event socket and waits until it is open, or refused with `refusal`. */
export interface ListenStep {
  readonly listen: string
  /** Parameters of the address; namespace `{ns}` and the administrator's token unless given. */
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly refusal?: ExpectedAnswer
}

/** Sends a message on an event socket: a push config as JSON or msgpack, or any text. */
export interface SendStep {
  readonly send: unknown
  readonly packed?: true
  readonly on: string
}

/** Everything that arrived since the last look, once the socket has answered a ping. */
export interface HearStep {
  readonly hears: Expected
  readonly on: string
}

export interface CloseStep {
  readonly closes: number
  readonly on: string
}

/** Moves the clock of the Console. */
export interface PassStep {
  readonly passMs: number
}

/** Makes a key pair and a certificate signing request: `{keep.csr}` and `{keep.key}`, PEM. */
export interface CsrStep {
  readonly csr: string
}
