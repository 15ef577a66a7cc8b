import { pingProbe } from '../../contract/entities/ping/ping-probe.ts'
import { pingRequest } from '../../contract/entities/ping/ping-request.ts'
import { pingResult } from '../../contract/entities/ping/ping-result.ts'
import { newObject } from '../../contract/entity/zero-value.ts'
import { dayMs } from '../console-options.ts'
import { nowOf, type ConsoleServices } from '../services.ts'
import type { StoreWriter } from '../store/store.ts'
import { newId } from './create-object.ts'
import { findAll, where } from './find-all.ts'
import type { VirtualResource } from './resource.ts'

/** A ping is looked at while it runs, and for a day after. */
const keptMs = dayMs

/** An enforcer was asked to ping, and opens a result to report into. */
export const pingRequests: VirtualResource = {
  kind: 'virtual',
  definition: pingRequest,
  access: 'token',
  create: (object, { call, services }) => {
    const now = nowOf(services)
    const pingID = newId(now)
    const times = { createTime: now.toISOString(), updateTime: now.toISOString() }
    const { refreshID } = object
    const names = { ID: newId(now), namespace: call.namespace, pingID, refreshID }
    const result = { ...newObject(pingResult), ...names, ...times }
    services.store.write((writer) => {
      forgetOld(writer, services)
      writer.insert(pingResult, { object: result, internal: {} })
    })
    services.publish({ type: 'create', identity: pingResult.name, object: result })
    return Promise.resolve({ ...object, pingID })
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
