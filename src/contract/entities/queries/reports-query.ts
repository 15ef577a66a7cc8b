import { accessReport } from '../reports/access-report.ts'
import { connectionExceptionReport } from '../reports/connection-exception-report.ts'
import { counterReport } from '../reports/counter-report.ts'
import { dnsLookupReport } from '../reports/dns-lookup-report.ts'
import { enforcerReport } from '../reports/enforcer-report.ts'
import { eventLog } from '../reports/event-log.ts'
import { flowReport } from '../reports/flow-report.ts'
import { packetReport } from '../reports/packet-report.ts'
import type { EntityDefinition } from '../../entity/definition.ts'
import type { EntityOf } from '../../entity/static-type.ts'

export type ReportsQuery = EntityOf<typeof reportsQuery>

export const reportsQuery = {
  entity: 'ReportsQuery',
  name: 'reportsquery',
  category: 'reportsqueries',
  aliases: ['rq'],
  description: 'Asks for reports of a time.',
  attributes: {
    DNSLookupReports: {
      type: 'refList',
      of: dnsLookupReport,
      description: 'Found lookups.',
      omitEmpty: true,
    },
    accessReports: { type: 'refList', of: accessReport, description: 'Found accesses.', omitEmpty: true },
    connectionExceptionReports: {
      type: 'refList',
      of: connectionExceptionReport,
      description: 'Found exceptions.',
      omitEmpty: true,
    },
    counterReports: { type: 'refList', of: counterReport, description: 'Found counters.', omitEmpty: true },
    enforcerReports: {
      type: 'refList',
      of: enforcerReport,
      description: 'Found enforcer reports.',
      omitEmpty: true,
    },
    eventLogs: { type: 'refList', of: eventLog, description: 'Found event logs.', omitEmpty: true },
    flowReports: { type: 'refList', of: flowReport, description: 'Found flows.', omitEmpty: true },
    packetReports: { type: 'refList', of: packetReport, description: 'Found packets.', omitEmpty: true },
    report: {
      type: 'enum',
      choices: [
        'Accesses',
        'Flows',
        'Enforcers',
        'EventLogs',
        'Packets',
        'Counters',
        'DNSLookups',
        'ConnectionExceptions',
      ],
      default: 'Flows',
      description: 'Which kind of report.',
    },
  },
  routes: [
    {
      on: 'collection',
      operations: ['create'],
      parameters: {
        endAbsolute: { type: 'time' },
        endRelative: { type: 'duration' },
        q: { type: 'string', multiple: true },
        startAbsolute: { type: 'time' },
        startRelative: { type: 'duration' },
      },
      requiredParameters: [
        ['endRelative'],
        ['startRelative'],
        ['startRelative', 'endRelative'],
        ['startRelative', 'endAbsolute'],
        ['startAbsolute', 'endRelative'],
        ['startAbsolute', 'endAbsolute'],
      ],
    },
  ],
  columns: ['report'],
} as const satisfies EntityDefinition
