/* eslint-disable budgets/few-own-imports -- a table of all there is */
import { createRegistry } from '../entity/registry.ts'
import { appCredential } from './app-credential.ts'
import { authn } from './authn.ts'
import { enforcer } from './enforcer.ts'
import { healthCheck } from './health-check.ts'
import { identityEntities } from './identity/identity-entities.ts'
import { issue } from './issue.ts'
import { namespace } from './namespace.ts'
import { poke } from './poke.ts'
import { processingUnit } from './processing-unit.ts'
import { role } from './role.ts'
import { exportDocument } from './exchange/export.ts'
import { importReference } from './exchange/import-reference.ts'
import { importRequest } from './exchange/import.ts'
import { pingProbe } from './ping/ping-probe.ts'
import { pingRequest } from './ping/ping-request.ts'
import { pingResult } from './ping/ping-result.ts'
import { enforcerProfileMappingPolicy } from './policies/enforcer-profile-mapping-policy.ts'
import { enforcerProfile } from './policies/enforcer-profile.ts'
import { externalNetwork } from './policies/external-network.ts'
import { networkRuleSetPolicy } from './policies/network-rule-set-policy.ts'
import { policyRule } from './policies/policy-rule.ts'
import { renderedPolicy } from './policies/rendered-policy.ts'
import { metricsQuery, metricsQueryRange } from './queries/metrics-query.ts'
import { reportsQuery } from './queries/reports-query.ts'
import { debugBundle } from './refreshes/debug-bundle.ts'
import { enforcerRefresh } from './refreshes/enforcer-refresh.ts'
import { processingUnitRefresh } from './refreshes/processing-unit-refresh.ts'
import { accessReport } from './reports/access-report.ts'
import { connectionExceptionReport } from './reports/connection-exception-report.ts'
import { counterReport } from './reports/counter-report.ts'
import { dnsLookupReport } from './reports/dns-lookup-report.ts'
import { enforcerReport } from './reports/enforcer-report.ts'
import { enforcerTraceReport } from './reports/enforcer-trace-report.ts'
import { eventLog } from './reports/event-log.ts'
import { flowReport } from './reports/flow-report.ts'
import { packetReport } from './reports/packet-report.ts'

/** Every entity that has routes of its own. */
export const entities = createRegistry([
  ...identityEntities,
  appCredential,
  authn,
  enforcer,
  healthCheck,
  issue,
  namespace,
  poke,
  processingUnit,
  role,
  exportDocument,
  importReference,
  importRequest,
  pingProbe,
  pingRequest,
  pingResult,
  enforcerProfileMappingPolicy,
  enforcerProfile,
  externalNetwork,
  networkRuleSetPolicy,
  policyRule,
  renderedPolicy,
  metricsQuery,
  metricsQueryRange,
  reportsQuery,
  debugBundle,
  enforcerRefresh,
  processingUnitRefresh,
  accessReport,
  connectionExceptionReport,
  counterReport,
  dnsLookupReport,
  enforcerReport,
  enforcerTraceReport,
  eventLog,
  flowReport,
  packetReport,
])
