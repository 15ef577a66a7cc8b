import type { ChildAnswer } from './child-message.ts'
import type { KeyringRefusal } from './keyring.ts'

type Failure = Extract<ChildAnswer, { readonly ok: false }>

/**
 * What the library means. It has no codes but texts; this is the one place that knows them, of
 * @napi-rs/keyring 2.1.2, and the tests hear them from a real service. Those of macOS are Apple's.
 */
const meanings: readonly (readonly [text: RegExp, meaning: KeyringRefusal])[] = [
  [
    /prompt was dismissed|prompt dismissed/,
    { outcome: 'locked', why: 'it is locked, and nobody unlocked it' },
  ],
  [/object locked/, { outcome: 'locked', why: 'it is locked' }],
  [
    /User interaction is not allowed|User canceled|user name or passphrase you entered/i,
    { outcome: 'locked', why: 'it is locked, and nobody unlocked it' },
  ],
  [/no result found/, { outcome: 'absent', why: 'it has no default collection to keep anything in' }],
  [
    /autolaunch|DBUS_SESSION_BUS_ADDRESS|Failed to connect to socket/,
    { outcome: 'absent', why: 'there is no session bus' },
  ],
  [
    /Did not receive a reply|disconnected from|Connection reset|Broken pipe/i,
    { outcome: 'absent', why: 'the session bus broke off, or is the one of somebody else' },
  ],
  [
    /ServiceUnknown|not provided by any \.service files|Secret Service provider found/,
    { outcome: 'absent', why: 'no program on the session bus keeps secrets' },
  ],
]

/** Why a keyring could not be used, from what its child said. */
export function toRefusal(failure: Failure): KeyringRefusal {
  if (failure.failed === 'loading')
    return { outcome: 'absent', why: 'the library for it does not run on this system' }
  const known = meanings.find(([text]) => text.test(failure.why))
  return known?.[1] ?? { outcome: 'absent', why: `it cannot be used (${failure.why})` }
}
