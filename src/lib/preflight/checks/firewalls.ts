import type { HostFacts } from '../facts/host-facts.ts'
import { evidence, whyUnknown, type Check, type CheckSources, type Verdict } from './check.ts'

/** Tables that iptables-nft makes for itself, and the enforcer's own. */
const ownTable = 'inet prisma_enforcer'

export function firewallChecks(sources: CheckSources): Check[] {
  const checks = sources.linux.exclusiveFirewall === true ? [firewalld, ufw, iptables, tables] : []
  return sources.linux.nftables === true ? [...checks, dryRun] : checks
}

const firewalld: Check = {
  id: 'linux.firewall.firewalld',
  title: 'firewalld',
  category: 'firewalls',
  severity: 'overridable',
  requirement: 'not running and not enabled',
  hint: 'Disable it and move its rules into network rule sets: both would write the same packet filter.',
  evaluate: (facts) => judgeServices(['firewalld'], facts),
}

const iptables: Check = {
  id: 'linux.firewall.iptables',
  title: 'iptables services',
  category: 'firewalls',
  severity: 'overridable',
  requirement: 'iptables, ip6tables, netfilter-persistent and SuSEfirewall2 not running and not enabled',
  hint: 'Disable the service and move its rules into network rule sets.',
  evaluate: (facts) =>
    judgeServices(['iptables', 'ip6tables', 'netfilter-persistent', 'SuSEfirewall2'], facts),
}

const ufw: Check = {
  id: 'linux.firewall.ufw',
  title: 'ufw',
  category: 'firewalls',
  severity: 'overridable',
  requirement: 'not enabled',
  hint: 'Disable it and move its rules into network rule sets.',
  evaluate(facts) {
    const { ufwEnabled } = facts.software
    const shown = evidence(
      'grep ENABLED /etc/ufw/ufw.conf',
      ufwEnabled === true ? 'ENABLED=yes' : 'not enabled',
    )
    // The unit of ufw is enabled wherever the package is: only its own switch says whether it filters.
    if (ufwEnabled === null)
      return { outcome: 'unknown', found: whyUnknown(facts, 'service.ufw'), evidence: null }
    return ufwEnabled
      ? {
          outcome: 'fail',
          found: 'enabled',
          evidence: shown,
          fix: { command: 'ufw disable && systemctl disable --now ufw', automatic: true },
        }
      : { outcome: 'pass', found: 'not enabled', evidence: shown }
  },
}

function judgeServices(names: readonly string[], facts: HostFacts): Verdict {
  const active = facts.software.services.filter(({ name }) => names.includes(name))
  const process = facts.software.processes.find(({ name }) => names.includes(name))
  const command = `systemctl is-active ${names.join(' ')}; systemctl is-enabled ${names.join(' ')}`
  if (active.length === 0 && process === undefined)
    return { outcome: 'pass', found: 'not running', evidence: evidence(command, 'none') }
  const states = active.map(({ name, active: state, enabled }) => `${name} ${state}, ${enabled}`)
  const found = states.length > 0 ? states.join('; ') : `process ${process?.pid ?? ''} ${process?.name ?? ''}`
  const services = active.map(({ name }) => name)
  return {
    outcome: 'fail',
    found,
    evidence: evidence(command, found),
    ...(services.length === 0
      ? {}
      : { fix: { command: `systemctl disable --now ${services.join(' ')}`, automatic: true } }),
  }
}

const tables: Check = {
  id: 'linux.firewall.foreign-rules',
  title: 'Packet filter rules of others',
  category: 'firewalls',
  severity: 'warning',
  requirement: 'no nftables tables and no iptables rules but the enforcer’s own',
  hint: 'They stay in force beside the enforcer: what they drop stays dropped. Move them into network rule sets.',
  evaluate(facts) {
    const { nftTables, nftRuleCount, legacyRules } = facts.netfilter
    if (nftTables === null)
      return { outcome: 'unknown', found: whyUnknown(facts, 'netfilter.nftTables'), evidence: null }
    const foreign = nftTables.filter((table) => table !== ownTable)
    const legacy = legacyRules.filter(({ rules }) => rules > 0)
    const found = [
      ...foreign.map((table) => `table ${table}`),
      ...legacy.map(({ family, table, rules }) => `${rules} ${family}tables rules in ${table}`),
    ]
    const shown = evidence('nft list tables; iptables-legacy-save', found.join('; '))
    if (found.length === 0) return { outcome: 'pass', found: 'none', evidence: shown }
    const rules =
      nftRuleCount === null || foreign.length === 0 ? '' : ` (${nftRuleCount} nftables rules in all)`
    return { outcome: 'fail', found: `${found.join('; ')}${rules}`, evidence: shown }
  },
}

const dryRun: Check = {
  id: 'linux.kernel.nftables',
  title: 'nftables accepts what the enforcer programs',
  category: 'kernel',
  severity: 'error',
  requirement: 'a table with concatenated sets, conntrack state, counters and log groups',
  hint: 'The modules of this kernel are there and its nf_tables refuses; a newer kernel is needed.',
  evaluate(facts) {
    const { nftDryRun } = facts.netfilter
    const command = 'nft -c -f - (a dry run)'
    if (nftDryRun === null)
      return {
        outcome: 'skipped',
        found: 'not tried: asking would load modules, which preflight never does',
        evidence: null,
      }
    return nftDryRun.outcome === 'ok'
      ? { outcome: 'pass', found: 'accepted', evidence: evidence(command, 'no error') }
      : { outcome: 'fail', found: nftDryRun.detail, evidence: evidence(command, nftDryRun.detail) }
  },
}
