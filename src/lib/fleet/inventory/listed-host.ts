import type { RemoteHost } from '../fleet-host.ts'
import type { HostFields } from './host-fields.ts'

/** A host of an inventory of our own, and the line it stands on. */
export interface ListedHost {
  readonly name: string
  readonly fields: Partial<HostFields>
  readonly line: number
}

/** What a target such as `root@web1:22` says of a host. */
export function listedTarget(target: RemoteHost): Pick<ListedHost, 'name' | 'fields'> {
  const { name, address, user, port } = target
  return {
    name,
    fields: {
      ...(name === address ? {} : { address }),
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
    },
  }
}
