import { attributeOf, zeroTime } from '../../contract/entity/definition.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import { storedResources } from './resource-table.ts'
import type { StoredResource } from './resource.ts'

const attribute = 'expirationTime'

/**
 * Deletes what is past its time, and forgets what was deleted long ago, until it is told to stop. What is
 * past its time has no effect before.
 */
export function startSweeping(services: ConsoleServices, everyMs: number): () => void {
  const perishable = storedResources.filter(({ definition }) => attributeOf(definition, attribute))
  const timer = setInterval(() => {
    perishable.forEach((resource) => deleteExpired(resource, services))
    forgetDeleted(services)
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

function forgetDeleted({ store, world, limits }: ConsoleServices): void {
  const beforeMs = world.clock.nowMs() - limits.rememberDeletedMs
  store.write((writer) => {
    for (const { definition } of storedResources) writer.forgetArchived(definition, { beforeMs })
  })
}

function deleteExpired(resource: StoredResource, services: ConsoleServices): void {
  const { definition } = resource
  const now = nowOf(services)
  const { objects } = services.store.list(definition, {
    scope: { namespace: '/', recursive: true, propagated: false },
    filter: {
      kind: 'and',
      parts: [
        { kind: 'comparison', key: attribute, operator: '!=', value: zeroTime },
        { kind: 'comparison', key: attribute, operator: '<=', value: now.toISOString() },
      ],
    },
    order: [],
    paging: { type: 'all' },
    now,
    complete: (object) => object,
  })
  for (const object of objects) {
    const removed = services.store.write((writer) => {
      resource.commitDelete?.(writer, { object, services })
      return writer.remove(definition, String(object['ID']))
    })
    if (removed) services.publish({ type: 'delete', identity: definition.name, object })
  }
}
