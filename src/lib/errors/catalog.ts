import type { CatalogEntry } from './catalog-entry.ts'
import { consoleErrors } from './catalog/console.ts'
import { credentialErrors } from './catalog/credentials.ts'
import { deliveryErrors } from './catalog/delivery.ts'
import { enforcerErrors } from './catalog/enforcer.ts'
import { hostErrors } from './catalog/host.ts'
import { inputErrors } from './catalog/input.ts'
import { installErrors } from './catalog/install.ts'
import { keyringErrors } from './catalog/keyring.ts'
import { labErrors } from './catalog/lab.ts'
import { runErrors } from './catalog/run.ts'
import { sshErrors } from './catalog/ssh.ts'

/** Every error apoctl can end with, by its stable code. Codes are never reused or renamed. */
export const errorCatalog = {
  ...inputErrors,
  ...consoleErrors,
  ...credentialErrors,
  ...keyringErrors,
  ...sshErrors,
  ...hostErrors,
  ...labErrors,
  ...installErrors,
  ...enforcerErrors,
  ...deliveryErrors,
  ...runErrors,
} as const satisfies Record<string, CatalogEntry>

export type ErrorCode = keyof typeof errorCatalog

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCatalog, text)
}
