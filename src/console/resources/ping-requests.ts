import { pingProbe } from '../../contract/entities/ping/ping-probe.ts'
import { pingRequest } from '../../contract/entities/ping/ping-request.ts'
import { pingResult } from '../../contract/entities/ping/ping-result.ts'
import { newObject } from '../../contract/entity/zero-value.ts'
import { dayMs } from '../console-options.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { newId } from './create-object.ts'
import { findAll, where } from './find-all.ts'
import { writeOnce } from './idempotency.ts'
import type { VirtualResource } from './resource.ts'

/** A ping is looked at while it runs, and for a day after. */
const keptMs = dayMs

/** An enforcer was asked to ping, and opens a result to report into. */
export const pingRequests: VirtualResource = {
  kind: 'virtual',
  definition: pingRequest,
  access: 'token',
  create: (object, context) => {
    const { call, services } = context
    const now = nowOf(services)
    const pingID = newId(now)
    const times = { createTime: now.toISOString(), updateTime: now.toISOString() }
    const { refreshID } = object
    const names = { ID: newId(now), namespace: call.namespace, pingID, refreshID }
    const result = { ...newObject(pingResult), ...names, ...times }
    const answer = writeOnce(context, (writer) => {
      forgetOld(writer, services)
      writer.insert(pingResult, { object: result, internal: {} })
      const event = { type: 'create', identity: pingResult.name, object: result } as const
      return { answer: { ...object, pingID }, events: [event] }
    })
    return Promise.resolve(answer)
  },
}

function forgetOld(writer: StoreWriter, services: ConsoleServices): void {
  const before = new Date(nowOf(services).getTime() - keptMs).toISOString()
  for (const definition of [pingResult, pingProbe]) {
    for (const { ID } of findAll({ definition, filter: where('createTime', ['<', before]) }, services)) {
      writer.remove(definition, String(ID))
    }
  }
}
