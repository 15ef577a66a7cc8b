/** How values are written on the wire. */
export type Encoding = 'json' | 'msgpack'

export const mediaTypes: Readonly<Record<Encoding, string>> = {
  json: 'application/json',
  msgpack: 'application/msgpack',
}

/** What answers say they are. */
export const contentTypes: Readonly<Record<Encoding, string>> = {
  json: 'application/json; charset=UTF-8',
  msgpack: 'application/msgpack',
}

/** Deeper nested than anything of any entity. */
export const maxDepth = 32
