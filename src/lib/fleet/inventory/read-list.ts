import { targetForm, targetOf } from '../parse-target.ts'
import { inventoryError } from './inventory-error.ts'
import { listedTarget, type ListedHost } from './listed-host.ts'

/** Reads one host a line; `#` begins a comment. */
export function readList(text: string, file: string): ListedHost[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = index + 1
    const word = raw.replace(/(^|\s)#.*$/, '').trim()
    if (word === '') return []
    const target = targetOf(word)
    if (target === undefined) throw inventoryError({ file, line }, [`"${word}" is not a host`, targetForm])
    return [{ ...listedTarget(target), line }]
  })
}
