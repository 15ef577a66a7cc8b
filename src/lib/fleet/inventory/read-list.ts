import { targetForm, targetOf } from '../parse-target.ts'
import { inventoryError } from './inventory-error.ts'
import type { ListedHost } from './listed-host.ts'

/** Reads one host a line; `#` begins a comment. */
export function readList(text: string, file: string): ListedHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = index + 1
    const word = raw.replace(/(^|\s)#.*$/, '').trim()
    if (word === '') return []
    if (/^\[[^\]:]+(:\w+)?\]$/.test(word))
      throw inventoryError({ file, line }, [
        `"${word}" begins a group, but Ansible inventories are not supported yet`,
        'List the hosts one a line, or in YAML or JSON.',
      ])
    const host = targetOf(word)
    if (host === undefined) throw inventoryError({ file, line }, [`"${word}" is not a host`, targetForm])
    return [{ host, line }]
  })
}
