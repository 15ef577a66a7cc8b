import type { Secret } from './secret.ts'

/** Replaces secrets in text that is about to leave the process. */
export interface Redactor {
  redact(text: string): string
  /** From now on this one is replaced too, wherever it stands. */
  add(secret: Secret): void
}

export const redactedMark = '[redacted]'

/** Shorter values would black out ordinary words ("no", "root") and so give themselves away. */
const shortestKnownSecret = 6

/** What looks like a secret even though nobody told us: order matters, longest forms first. */
const secretShapes: readonly (readonly [shape: RegExp, replacement: string])[] = [
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, redactedMark],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, redactedMark],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${redactedMark}`],
  [/([?&](?:token|access_token|password|secret)=)[^&\s"']+/gi, `$1${redactedMark}`],
  [/("(?:token|password|vincePassword|certificateKey|secretAccessKey)"\s*:\s*")[^"]+/g, `$1${redactedMark}`],
  [
    /\b([A-Z][A-Z0-9_]*(?:TOKEN|PASSWORD|PASSPHRASE|SECRET)=)(?!\s)("[^"]*"|'[^']*'|\S+)/g,
    `$1${redactedMark}`,
  ],
]

/** A redactor that knows `secrets`, each also in the forms it takes in URLs, JSON and base64. */
export function createRedactor(secrets: Iterable<Secret> = []): Redactor {
  const known = new Set<string>()
  const add = (secret: Secret) => {
    for (const form of formsOf(secret.reveal())) if (form.length >= shortestKnownSecret) known.add(form)
  }
  for (const secret of secrets) add(secret)
  return {
    add,
    redact(text) {
      // Longest first: a secret that is part of another must not leave the rest of that one behind.
      const longestFirst = [...known].sort((a, b) => b.length - a.length)
      const withoutKnown = longestFirst.reduce((rest, secret) => rest.replaceAll(secret, redactedMark), text)
      return secretShapes.reduce(
        (rest, [shape, replacement]) => rest.replace(shape, replacement),
        withoutKnown,
      )
    },
  }
}

function formsOf(secret: string): readonly string[] {
  return [
    secret,
    secret.trim(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ]
}
