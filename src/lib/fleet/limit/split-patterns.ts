import { parseAddressPattern } from '../inventory/ansible/host-pattern.ts'

/** Anything but blanks, colons and brackets, or whole brackets; as often as it goes. */
const withoutColons = /(?:[^\s:[\]]|\[[^\]]*\])+/g

/**
 * Takes `web*,!web3` apart, and `web*:!web3`, which Ansible knows from before: a colon divides patterns unless
 * there are commas, or the whole is one name, address or range.
 */
export function splitPatterns(text: string): string[] {
  const parts = text.includes(',')
    ? text.split(',')
    : parseAddressPattern(text) === undefined
      ? (text.match(withoutColons) ?? [])
      : [text]
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
