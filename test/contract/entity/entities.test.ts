import { describe, expect, expectTypeOf, it } from 'vitest'
import { appCredential } from '../../../src/contract/entities/app-credential.ts'
import { enforcer, type Enforcer } from '../../../src/contract/entities/enforcer.ts'
import { healthCheck, type HealthCheck } from '../../../src/contract/entities/health-check.ts'
import { issue } from '../../../src/contract/entities/issue.ts'
import { namespace } from '../../../src/contract/entities/namespace.ts'
import { processingUnit, type ProcessingUnit } from '../../../src/contract/entities/processing-unit.ts'
import { entities } from '../../../src/contract/entities/registry.ts'
import { decodeSparse, decodeWhole } from '../../../src/contract/entity/decode.ts'
import { validateObject, validateWrite } from '../../../src/contract/entity/validate.ts'
import { newObject } from '../../../src/contract/entity/zero-value.ts'

const texts = (errors: readonly { description: string }[]): string[] =>
  errors.map((error) => error.description)

describe('the registry of entities', () => {
  it.each([
    ['enforcer', 'Enforcer'],
    ['enforcers', 'Enforcer'],
    ['Enforcers', 'Enforcer'],
    ['pu', 'ProcessingUnit'],
    ['pus', 'ProcessingUnit'],
    ['ns', 'Namespace'],
    ['appcreds', 'AppCredential'],
    ['issue', 'Issue'],
  ])('finds %s', (name, entity) => {
    expect(entities.find(name)?.entity).toBe(entity)
  })

  it('does not find what nobody defined', () => {
    expect(entities.find('constructor')).toBeUndefined()
    expect(entities.find('__proto__')).toBeUndefined()
  })

  it('gives no name to two entities', () => {
    const names = entities.all.flatMap((entity) => [
      ...new Set([entity.name, entity.category, ...entity.aliases]),
    ])
    expect(new Set(names).size).toBe(names.length)
  })

  it('shows only columns that exist', () => {
    for (const entity of entities.all) {
      for (const column of entity.columns)
        expect(Object.keys(entity.attributes), entity.name).toContain(column)
    }
  })

  it('has defaults that pass its own rules', () => {
    for (const entity of entities.all) {
      const errors = validateObject(entity, newObject(entity)).filter(
        (error) => !error.description.includes('is required'),
      )
      // An enum without default is as good as required: the vendor's Console refuses it too.
      expect(
        errors.filter((error) => !error.description.includes('is not in list')),
        entity.name,
      ).toEqual([])
    }
  })
})

describe('types from definitions', () => {
  it('are those of the wire', () => {
    expectTypeOf<Enforcer['operationalStatus']>().toEqualTypeOf<
      'Registered' | 'Connected' | 'Disconnected' | 'Initialized'
    >()
    expectTypeOf<Enforcer['unreachable']>().toEqualTypeOf<boolean>()
    expectTypeOf<Enforcer['annotations']>().toEqualTypeOf<Readonly<Record<string, readonly string[]>>>()
    expectTypeOf<ProcessingUnit['networkServices'][number]['targetPorts']>().toEqualTypeOf<
      readonly string[]
    >()
    expectTypeOf<HealthCheck['alerts']>().toEqualTypeOf<readonly string[] | undefined>()
  })
})

describe('a fresh object', () => {
  it('has every attribute at its default', () => {
    expect(newObject(enforcer)).toMatchObject({
      enforcementStatus: 'Inactive',
      operationalStatus: 'Registered',
      logLevelDuration: '10s',
      lastSyncTime: '0001-01-01T00:00:00Z',
      associatedTags: [],
      annotations: {},
      unreachable: false,
    })
  })

  it('leaves out what is omitted when empty', () => {
    expect(newObject(healthCheck)).toEqual({ status: '', type: '' })
  })
})

describe('reading what a client sent', () => {
  it('ignores fields it does not know, whatever they are called', () => {
    const read = decodeSparse(
      enforcer,
      JSON.parse('{"name":"a","nope":1,"__proto__":{"x":1},"constructor":2}'),
    )
    expect(read).toEqual({ ok: true, value: { name: 'a' } })
  })

  it('takes null for nothing said', () => {
    expect(decodeSparse(enforcer, { associatedTags: null, name: null })).toEqual({
      ok: true,
      value: { associatedTags: [], name: '' },
    })
  })

  it.each([
    [{ name: 5 }, "attribute 'name' must be a string"],
    [{ associatedTags: 'a=b' }, "attribute 'associatedTags' must be a list of strings"],
    [{ associatedTags: [1] }, "attribute 'associatedTags' must be a list of strings"],
    [{ collectInfo: 'yes' }, "attribute 'collectInfo' must be true or false"],
    [{ startTime: 'today' }, "attribute 'startTime' must be an RFC 3339 time"],
    [{ annotations: { a: 'b' } }, "attribute 'annotations' must be an object of lists of strings"],
    [[], 'the body must be an object that describes one enforcer'],
    ['x', 'the body must be an object that describes one enforcer'],
  ])('refuses %j', (body, problem) => {
    expect(decodeSparse(enforcer, body)).toEqual({ ok: false, problem })
  })

  it('rewrites times to UTC, so that they sort', () => {
    const read = decodeSparse(enforcer, {
      startTime: '2026-01-01T01:00:00+01:00',
      lastSyncTime: '0001-01-01T00:00:00Z',
    })
    expect(read).toEqual({
      ok: true,
      value: { startTime: '2026-01-01T00:00:00.000Z', lastSyncTime: '0001-01-01T00:00:00Z' },
    })
  })

  it('fills a whole object and the objects inside it with defaults', () => {
    const read = decodeWhole(processingUnit, {
      name: 'a',
      tracing: { IPTables: true },
      networkServices: [{ protocol: 6 }],
    })
    expect(read).toMatchObject({
      value: {
        datapathType: 'Aporeto',
        tracing: { IPTables: true, interval: '10s' },
        networkServices: [{ protocol: 6, targetPorts: [] }],
      },
    })
  })
})

describe('validation', () => {
  const valid = { ...newObject(enforcer), name: 'web', FQDN: 'web.example' }

  it('finds nothing wrong with a good object', () => {
    expect(validateObject(enforcer, valid)).toEqual([])
  })

  it('answers missing required attributes alone', () => {
    const errors = validateObject(enforcer, { ...newObject(enforcer), logLevel: 'Loud' })
    expect(texts(errors)).toEqual(["Attribute 'name' is required", "Attribute 'FQDN' is required"])
    expect(errors[0]).toEqual({
      code: 422,
      title: 'Validation Error',
      subject: 'elemental',
      description: "Attribute 'name' is required",
      data: { attribute: 'name' },
    })
  })

  it.each([
    [
      { logLevel: 'Loud' },
      "Data 'Loud' of attribute 'logLevel' is not in list '[Info Debug Warn Error Trace]'",
    ],
    [{ description: 'x'.repeat(1025) }, "of attribute 'description' should be less than 1024 chars long"],
    [{ logLevelDuration: '10' }, "Attribute 'logLevelDuration' must be valid duration (examaple: 1h or 30s)"],
    [{ nextAvailableVersion: 'five' }, 'invalid semver five'],
    [{ associatedTags: ['$a=b'] }, '$a=b starts with an @, a $ or a + that is reserved'],
    [{ associatedTags: ['ab'] }, "'ab' must contain at least one '=' symbol separating two valid words"],
    [{ associatedTags: [`a=${'x'.repeat(1022)}`] }, 'must be less than 1024 bytes'],
    [{ metadata: ['a=b'] }, 'Metadata a=b must start with an @'],
    [{ metadata: ['@auth:a=b'] }, 'must not start with the reserved prefix @auth:'],
  ])('refuses %j', (part, expected) => {
    const errors = validateObject(enforcer, { ...valid, ...part })
    expect(errors).toHaveLength(1)
    expect(errors[0]?.description).toContain(expected)
  })

  it('counts characters, not UTF-16 units', () => {
    expect(validateObject(enforcer, { ...valid, name: '😀'.repeat(256) })).toEqual([])
    expect(validateObject(enforcer, { ...valid, name: '😀'.repeat(257) })).toHaveLength(1)
  })

  it('names the pattern of a namespace', () => {
    const errors = validateObject(namespace, { ...newObject(namespace), name: 'a b' })
    expect(texts(errors)).toEqual([
      "Data 'a b' of attribute 'name' must only contain letters, digits, '-', '_' and '/'",
    ])
  })

  it('speaks for the vendor where the vendor speaks for itself', () => {
    const errors = validateObject(appCredential, {
      ...newObject(appCredential),
      name: 'a',
      roles: ['x'],
      authorizedSubnets: ['10.0.0.1'],
    })
    expect(errors).toEqual([
      {
        code: 422,
        title: 'Validation Error',
        subject: 'gaia',
        description: "Attribute 'authorizedSubnets' must be a CIDR",
        data: { attribute: 'authorizedSubnets' },
      },
    ])
  })

  it('refuses overlapping ports of one protocol', () => {
    const unit = { ...newObject(processingUnit), name: 'a', type: 'Host' }
    const service = (protocol: number, targetPorts: string[]): unknown => ({
      protocol,
      targetPorts,
      ports: '',
    })
    expect(
      validateObject(processingUnit, {
        ...unit,
        networkServices: [service(6, ['1:10']), service(17, ['5'])],
      }),
    ).toEqual([])
    const errors = validateObject(processingUnit, {
      ...unit,
      networkServices: [service(6, ['1:10']), service(6, ['5'])],
    })
    expect(texts(errors)).toEqual(['Port overlaps with another port'])
  })

  it.each([
    ['aud:*:*:/ns', true],
    ['aud:create,retrieve:enforcers:/a,/b;aud:*:*:*', true],
    ['aud:dance:*:/ns', false],
    ['aud:*:*', false],
    ['https://example', false],
  ])('judges audience %s', (audience, good) => {
    const errors = validateObject(issue, { ...newObject(issue), realm: 'Certificate', audience })
    expect(errors.length === 0).toBe(good)
  })
})

describe('what a client may not write', () => {
  it('refuses read-only attributes on creation', () => {
    expect(texts(validateWrite(enforcer, { sent: { ID: 'x', name: 'a', namespace: '' } }))).toEqual([
      'Field ID is read only. You cannot set its value.',
    ])
  })

  it('lets a client send back what it read', () => {
    const stored = { ID: 'x', createTime: '2026-01-01T00:00:00.000Z', FQDN: 'a', metadata: ['@a=b'] }
    expect(validateWrite(enforcer, { sent: { ...stored }, stored })).toEqual([])
  })

  it('refuses other values for read-only and creation-only attributes', () => {
    const stored = { updateTime: '2026-01-01T00:00:00.000Z', FQDN: 'a', metadata: ['@a=b'] }
    const sent = { updateTime: '2026-01-02T00:00:00.000Z', FQDN: 'b', metadata: ['@a=b', '@c=d'] }
    const errors = validateWrite(enforcer, { sent, stored })
    expect(errors.map((error) => [error.title, error.code])).toEqual([
      ['Creation Only Error', 422],
      ['Read Only Error', 422],
      ['Creation Only Error', 422],
    ])
    expect(texts(errors)).toContain(
      'Field FQDN can only be set during creation. You cannot modify its value.',
    )
    expect(texts(errors)).toContain('Field updateTime is read only. You cannot modify its value.')
  })

  it('does not mind computed attributes', () => {
    expect(validateWrite(enforcer, { sent: { unreachable: true }, stored: { unreachable: false } })).toEqual(
      [],
    )
  })
})
