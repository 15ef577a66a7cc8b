import { described, named, propagating, storedBase } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type ExternalNetwork = EntityOf<typeof externalNetwork>

export const externalNetwork = {
  entity: 'ExternalNetwork',
  name: 'externalnetwork',
  category: 'externalnetworks',
  aliases: ['extnet', 'extnets'],
  description: "Addresses and names outside of anyone's control here, tagged so that rules can select them.",
  attributes: {
    ...storedBase,
    ...named,
    ...described,
    ...propagating,
    entries: {
      type: 'list',
      of: 'string',
      description: 'Networks, those to leave out after a !, and host names.',
      stored: true,
      validations: ['networksOrHostnames'],
    },
    servicePorts: {
      type: 'list',
      of: 'string',
      description: 'Protocols and ports: tcp/443, udp/53:60, icmp/8/0, or any.',
      stored: true,
      validations: ['servicePorts'],
    },
    type: {
      type: 'enum',
      choices: ['ENI', 'RDSCluster', 'RDSInstance', 'SecurityGroup', 'Subnet'],
      default: 'Subnet',
      description: 'What it stands for in a cloud.',
      stored: true,
      filterable: true,
    },
  },
  routes: [
    {
      on: 'object',
      operations: ['retrieve'],
      parameters: { archived: { type: 'boolean' }, propagated: { type: 'boolean' } },
    },
    { on: 'object', operations: ['update', 'patch'] },
    { on: 'object', operations: ['delete'], parameters: { q: { type: 'string', multiple: true } } },
    {
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: {
        archived: { type: 'boolean' },
        propagated: { type: 'boolean' },
        q: { type: 'string', multiple: true },
      },
    },
    { on: 'collection', operations: ['create'] },
    {
      parent: 'networkrulesetpolicies',
      on: 'collection',
      operations: ['retrieve-many', 'info'],
      parameters: { mode: { type: 'enum', choices: ['subject', 'object'], default: 'object' } },
    },
  ],
  columns: ['name', 'namespace', 'entries', 'servicePorts', 'propagate'],
} as const satisfies EntityDefinition
