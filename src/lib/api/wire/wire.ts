import type { Secret } from '../../secrets/secret.ts'

/** One HTTP exchange with the Console, as bytes; what it means is decided above. */
export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query, encoded. */
  readonly path: string
  /** Header lines in order; a name may come more than once and is then sent more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string | undefined
  /** Longer answers are refused, with AnswerTooLong. */
  readonly mostBytes?: number | undefined
  readonly signal: AbortSignal
}

export interface WireAnswer {
  readonly status: number
  /** By lower-case name; of repeated ones the last. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** A pool of kept-alive connections to one Console. Rejects with what the network threw. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>
  /** Ends every connection, also those in use. */
  close(): Promise<void>
}

export interface WireTrust {
  /** Authorities trusted beside the public ones, PEM. */
  readonly authoritiesPem?: string | undefined
  /** Takes the place of the public authorities that Node brings, PEM: a host's own certificate store. */
  readonly publicAuthoritiesPem?: string | undefined
  /** Trust whatever certificate comes. */
  readonly skipVerify?: boolean | undefined
}

/** Shown to a Console that asks for one. */
export type ClientCertificate =
  | {
      /** The certificate, and those between it and its authority. */
      readonly certificatePem: string
      readonly privateKeyPem: Secret
    }
  /** The same in one PKCS #12 file. */
  | { readonly pkcs12: Buffer; readonly passphrase: Secret }

export interface WireOptions extends WireTrust {
  /** https://host:port */
  readonly origin: string
  readonly connectTimeoutMs: number
  /** Until the first byte of the answer, and then between any two parts of it. */
  readonly silenceTimeoutMs: number
  readonly clientCertificate?: ClientCertificate | undefined
  readonly proxy?: Proxy | undefined
  readonly sessions?: KeptSessions | undefined
}

/** An HTTP proxy between us and the Console. */
export interface Proxy {
  /** http://host:port or https://host:port, without who we are there: it is shown in errors. */
  readonly origin: string
  /** What stands behind `Basic`, base64. */
  readonly authorization?: Secret | undefined
}

/** TLS sessions that outlive a run, of verified connections only. As secret as a key. */
export interface KeptSessions {
  read(): Buffer | undefined
  /** `isRenewal` when it comes from a connection that was itself resumed. */
  keep(session: Buffer, isRenewal: boolean): void
}
