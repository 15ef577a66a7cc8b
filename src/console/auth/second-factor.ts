import { Secret, TOTP } from 'otpauth'
import { account } from '../../contract/entities/identity/account.ts'
import { textOf, type WireObject } from '../../contract/entity/definition.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { qrCodePng } from './qr-code.ts'

/** What is kept of a second factor, among what the Console remembers of an account and never sends. */
const secretKey = 'otpSecret'
const stepKey = 'otpStep'

/** What every authenticator app knows: six digits, a new code each half minute. */
const form = { algorithm: 'SHA1', digits: 6, period: 30 } as const
/** Codes before and after the present one that are taken too: clocks of phones and Consoles differ a little. */
const window = 1
/** As many bytes as the algorithm has; more would not make it stronger. */
const secretBytes = 20

export function hasSecondFactor(internal: WireObject): boolean {
  return textOf(internal, secretKey) !== ''
}

/** Gives an account a new secret to make codes with, and the image from which an app takes it over. */
export function enrol(
  name: string,
  consoleUrl: string,
): { readonly kept: WireObject; readonly qrCode: string } {
  const secret = new Secret({ size: secretBytes })
  const issuer = `Microsegmentation Console ${new URL(consoleUrl).hostname}`
  const totp = new TOTP({ ...form, issuer, label: name, secret })
  return { kept: { [secretKey]: secret.base32 }, qrCode: qrCodePng(totp.toString()).toString('base64') }
}

/** What is remembered without a second factor. */
export function withoutSecondFactor(internal: WireObject): WireObject {
  return Object.fromEntries(Object.entries(internal).filter(([key]) => key !== secretKey && key !== stepKey))
}

/**
 * Whether an account needs no code, or this is one that nobody has used. Each is good once, however many come
 * with it at the same time, and so is none from before it: whoever looked over a shoulder is late.
 */
export function takesCode(
  given: { readonly accountId: string; readonly code: string },
  services: Pick<ConsoleServices, 'store' | 'world'>,
): boolean {
  const now = nowOf(services).getTime()
  return services.store.write((writer) => {
    const stored = writer.find(account, given.accountId)
    if (stored === undefined) return false
    if (!hasSecondFactor(stored.internal)) return true
    const step = stepOf(given.code, { secret: textOf(stored.internal, secretKey), now })
    if (step === undefined || step <= Number(stored.internal[stepKey] ?? 0)) return false
    return writer.replace(account, { ...stored, internal: { ...stored.internal, [stepKey]: step } })
  })
}

/** Which half minute a code is of; undefined when it is of none that counts now. */
function stepOf(
  code: string,
  { secret, now }: { readonly secret: string; readonly now: number },
): number | undefined {
  // People and their keyboards put a space in the middle.
  const token = code.replaceAll(' ', '')
  if (!/^\d{6}$/.test(token)) return undefined
  const totp = new TOTP({ ...form, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token, timestamp: now, window })
  return delta === null ? undefined : Math.floor(now / 1000 / form.period) + delta
}
