import { identified, placed } from '../../entity/attributes.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type DnsLookupReport = EntityOf<typeof dnsLookupReport>

export const dnsLookupReport = {
  entity: 'DNSLookupReport',
  name: 'dnslookupreport',
  category: 'dnslookupreports',
  aliases: [],
  description: 'A name that a processing unit looked up.',
  attributes: {
    ...identified,
    ...placed,
    action: {
      type: 'enum',
      choices: ['Accept', 'Fail', 'Reject', 'Resolve'],
      description: 'What became of the lookup.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    enforcerDNSReportID: {
      type: 'string',
      description: 'What the enforcer calls it; flow reports refer to it.',
      omitEmpty: true,
      stored: true,
    },
    enforcerID: { type: 'string', description: 'The enforcer that reports.', omitEmpty: true, stored: true },
    enforcerNamespace: {
      type: 'string',
      description: 'Namespace of that enforcer.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    processingUnitID: {
      type: 'string',
      description: 'The processing unit it is about.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    processingUnitNamespace: {
      type: 'string',
      description: 'Namespace of that processing unit.',
      deprecated: true,
      omitEmpty: true,
      stored: true,
    },
    reason: { type: 'string', description: 'Why it failed.', omitEmpty: true, stored: true },
    resolvedCNAMEs: {
      type: 'list',
      of: 'string',
      description: 'Aliases on the way.',
      omitEmpty: true,
      stored: true,
    },
    resolvedIPs: {
      type: 'list',
      of: 'string',
      description: 'Addresses it gave.',
      omitEmpty: true,
      stored: true,
      validations: ['optionalCidrOrIpList'],
    },
    resolvedName: {
      type: 'string',
      description: 'The name that was looked up.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    sourceIP: {
      type: 'string',
      description: 'Address it came from.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
    timestamp: {
      type: 'time',
      description: 'When it happened.',
      omitEmpty: true,
      stored: true,
      orderable: true,
    },
    value: {
      type: 'integer',
      description: 'How many times it happened.',
      required: true,
      omitEmpty: true,
      stored: true,
    },
  },
  routes: [{ on: 'collection', operations: ['create'] }],
  columns: ['timestamp', 'action', 'processingUnitID', 'resolvedName', 'resolvedIPs', 'value'],
} as const satisfies EntityDefinition
