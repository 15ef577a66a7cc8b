import type { Clock } from '../async/clock.ts'
import type { Secret } from '../secrets/secret.ts'
import type { KeptCredential } from './login-credential.ts'
import type { ApiAnswer, ApiCall, CallOptions } from './call.ts'
import type { KeptTokens } from './session/kept-tokens.ts'
import type { TokenOrigin } from './session/token-source.ts'
import type { TokenTerms } from './token-terms.ts'
import type { Trace } from './wire/traced-wire.ts'
import type { ClientCertificate, Proxy, WireTrust } from './wire/wire.ts'

/** How to prove who we are. */
export type ConsoleLogin =
  /** Nobody: health checks, meta data, and getting a token. */
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'token'; readonly token: Secret }
  | {
      readonly kind: 'app-credential'
      readonly credential: KeptCredential
      /** What its tokens are limited to. */
      readonly terms?: TokenTerms | undefined
    }
  /** A certificate of an authority that the Console knows, but of no app credential. */
  | {
      readonly kind: 'certificate'
      readonly certificate: ClientCertificate
      readonly terms?: TokenTerms | undefined
    }

export interface ConsoleOptions {
  /** https://host[:port], without a path. */
  readonly api: string
  /** The namespace calls work in; '' for none. */
  readonly namespace: string
  readonly login: ConsoleLogin
  /** Trust in the Console's certificate. An app credential's own authority is added by itself. */
  readonly trust?: WireTrust | undefined
  /** On the way to the Console, for calls and events alike. */
  readonly proxy?: Proxy | undefined
  readonly limits?: Partial<ConsoleLimits> | undefined
}

export interface ConsoleLimits {
  readonly connectTimeoutMs: number
  readonly silenceTimeoutMs: number
  /** For one call with all its attempts, unless the call says otherwise. */
  readonly callTimeoutMs: number
  /** The first attempt included. */
  readonly attempts: number
}

/** The world of a client: nothing else is read, neither environment nor files. */
export interface ConsoleWorld {
  readonly clock: Clock
  readonly random: () => number
  /** Where issued tokens outlive this client; nowhere when absent. Given tokens are never kept. */
  readonly keptTokens?: KeptTokens | undefined
  /** Hears what the Console wants people to know, deprecations for example. */
  readonly hear?: ((message: string) => void) | undefined
  /** Hears of every exchange, for people who look for a fault. */
  readonly trace?: Trace | undefined
}

/** A connection to one Console as one identity. Use the functions of `endpoints/` on it. */
export interface ConsoleClient {
  readonly api: string
  /** How its certificate is judged, the credential's own authority included. */
  readonly trust: WireTrust
  /** In between, for calls and events alike. */
  readonly proxy: Proxy | undefined
  /** Hears of exchanges, those of the event socket too. */
  readonly trace: Trace | undefined
  readonly namespace: string
  /**
   * Makes one call, with retries as section 1.6 of the contract has them.
   * Rejects with ApoctlError APO-API-*, or with the signal's reason when the caller aborted.
   */
  call(call: ApiCall, options?: CallOptions): Promise<ApiAnswer>
  /** The bearer token, for the event socket; fresh, from memory whenever possible. */
  token(options?: Pick<CallOptions, 'signal'>): Promise<Secret>
  /** The Console refused `stale` elsewhere than in a call: another, or undefined when there is no way to get one. */
  replaceToken(stale: Secret, options?: Pick<CallOptions, 'signal'>): Promise<Secret | undefined>
  /** Where the token in use comes from; undefined before the first is needed, and for nobody. */
  tokenOrigin(): TokenOrigin | undefined
  close(): Promise<void>
}
