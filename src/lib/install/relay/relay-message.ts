/*
 * What apoctl and the program of a relay say to each other: a line of JSON each, behind a mark, because the
 * login of a jump host may print lines of its own.
 */

export const relayMark = 'apoctl-relay '

/** The first line that the program gets. */
export interface RelayOrder {
  /** First part of the path of whoever may ask. */
  readonly token: string
  /** 0 for any that is free. */
  readonly port: number
}

/** A question: by which address does a host, known there by this name, see this machine? */
export interface RelayQuestion {
  readonly id: number
  readonly towards: string
}

export type RelayAnswer =
  { readonly port: number } | { readonly id: number; readonly address: string } | RelayProblem

/** Without an `id` the relay is over. */
export interface RelayProblem {
  readonly id?: number
  readonly problem: string
}

/** An empty line is a sign of life. Without any for so long, nobody is there any more. */
export const relaySilenceMs = 90_000
