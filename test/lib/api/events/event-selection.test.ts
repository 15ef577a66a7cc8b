import { describe, expect, it } from 'vitest'
import type { ConsoleEvent } from '../../../../src/lib/api/events/console-event.ts'
import { parseSelection } from '../../../../src/lib/api/events/event-selection.ts'

const event = (change: Partial<ConsoleEvent> = {}): ConsoleEvent => ({
  type: 'update',
  identity: 'enforcer',
  entity: { name: 'web1', normalizedTags: ['app=web'] },
  timestamp: '2026-01-01T00:00:00Z',
  ...change,
})
const now = new Date()

describe('what is asked of the event socket', () => {
  it('is everything when nothing is named', () => {
    const { config, wants } = parseSelection({})
    expect(config).toEqual({ identities: {}, filters: {} })
    expect(wants(event(), now)).toBe(true)
  })

  it('is the types and the filter of each kind of object', () => {
    const { config } = parseSelection({
      enforcer: { filter: 'name == "web1"' },
      processingunit: { types: ['create'] },
    })
    expect(config).toEqual({
      identities: { enforcer: [], processingunit: ['create'] },
      filters: { enforcer: 'name == "web1"' },
    })
  })

  it('is asked here once more, for a Console that looks at identities only', () => {
    const { wants } = parseSelection({ enforcer: { types: ['update'], filter: 'name == "web1"' } })
    expect(wants(event(), now)).toBe(true)
    expect(wants(event({ entity: { name: 'web2' } }), now)).toBe(false)
    expect(wants(event({ type: 'delete' }), now)).toBe(false)
    expect(wants(event({ identity: 'namespace' }), now)).toBe(false)
    expect(wants(event({ identity: 'toString' }), now)).toBe(false)
  })

  it('is asked here only when the socket has no such operator', () => {
    const { config, wants } = parseSelection({ enforcer: { filter: 'normalizedTags contains ["app=web"]' } })
    expect(config.filters).toEqual({})
    expect(wants(event(), now)).toBe(true)
    expect(wants(event({ entity: { normalizedTags: ['app=db'] } }), now)).toBe(false)
  })

  it('may have a pattern; one of an engine that is not here is left to the Console', () => {
    const matching = (pattern: string) =>
      parseSelection({ enforcer: { filter: `name matches "${pattern}"` } })
    expect(matching('^web').wants(event(), now)).toBe(true)
    expect(matching('^db').wants(event(), now)).toBe(false)
    expect(matching('(?i)WEB').wants(event(), now)).toBe(true)
  })

  it('is refused before anything is contacted when it is no filter', () => {
    expect(() => parseSelection({ enforcer: { filter: 'name ==' } })).toThrow(
      expect.objectContaining({ code: 'APO-INPUT-VALUE' }),
    )
  })
})
