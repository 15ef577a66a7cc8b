import type { RequirementSet } from '../requirements/requirement-set.ts'
import { agentChecks } from './agents.ts'
import { capabilityChecks } from './capabilities.ts'
import { categories, type Check, type CheckSources } from './check.ts'
import { clockChecks } from './clock.ts'
import { distributionChecks } from './distribution.ts'
import { firewallChecks } from './firewalls.ts'
import { kernelModuleChecks } from './kernel-modules.ts'
import { networkChecks } from './network.ts'
import { packageChecks } from './packages.ts'
import { platformChecks } from './platform.ts'
import { resourceChecks } from './resources.ts'

/** Every check that a requirement set asks for, by category, with the severities the set gives them. */
export function checksFor(set: RequirementSet, asked: Omit<CheckSources, 'linux'>): Check[] {
  const sources: CheckSources = { ...asked, linux: set.linux }
  const checks = [
    ...distributionChecks(sources),
    ...platformChecks(sources),
    ...resourceChecks(sources),
    ...kernelModuleChecks(sources),
    ...capabilityChecks(sources),
    ...packageChecks(sources),
    ...firewallChecks(sources),
    ...agentChecks(sources),
    ...networkChecks(sources),
    ...clockChecks(sources),
  ]
  return checks
    .map((check) => ({ ...check, severity: set.severities[check.id] ?? check.severity }))
    .sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category))
}
