import type { HostFacts } from '../facts/host-facts.ts'
import type { Severity } from '../requirements/requirement-set.ts'
import { evidence, type Check, type CheckSources } from './check.ts'

/** Something of the incompatibility list, and the traces it leaves on a host. */
interface Agent {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly hint: string
  readonly processes: RegExp
  readonly services: readonly string[]
  readonly paths: readonly string[]
}

const agents: readonly Agent[] = [
  {
    id: 'cortex-xdr',
    title: 'Cortex XDR agent',
    severity: 'overridable',
    hint: 'Remove the Cortex XDR agent, or keep this host out of the rollout.',
    processes: /^(?:pmd|traps|cortex-)/,
    services: ['traps_pmd', 'cortex-agent'],
    paths: ['/opt/traps'],
  },
  {
    id: 'defender',
    title: 'Compute Defender (CNNF, WAAS and DNS runtime rules)',
    severity: 'warning',
    hint: 'Switch off CNNF, and beside Compute Defender also WAAS and DNS runtime rules, in its console.',
    processes: /^(?:defender|twistlock|fsmon)/,
    services: ['twistlock-defender'],
    paths: ['/var/lib/twistlock'],
  },
  {
    id: 'cn-series',
    title: 'CN-Series firewall',
    severity: 'overridable',
    hint: 'Run either the CN-Series firewall or the enforcer on a node.',
    processes: /^pan-cni/,
    services: [],
    paths: ['/opt/cni/bin/pan-cni'],
  },
  {
    id: 'network-policies',
    title: 'Kubernetes network policies',
    severity: 'warning',
    hint: 'Delete the network policies of the cluster: the enforcer and they do not know of each other.',
    processes: /^(?:calico-node|felix|cilium-agent)$/,
    services: [],
    paths: [],
  },
  {
    id: 'other-segmentation',
    title: 'Other segmentation agents',
    severity: 'warning',
    hint: 'Two agents that write the packet filter undo each other: keep one.',
    processes: /^(?:VtapServer|venAgentMgr|enforcerd$)/,
    services: ['illumio-ven', 'enforcerd'],
    paths: ['/opt/illumio_ven', '/var/lib/aporeto'],
  },
]

export function agentChecks(sources: CheckSources): Check[] {
  return sources.linux.exclusiveFirewall === true ? [...agents.map(agentCheck), kubenetCheck] : []
}

function agentCheck(agent: Agent): Check {
  return {
    id: `linux.agent.${agent.id}`,
    title: agent.title,
    category: 'agents',
    severity: agent.severity,
    requirement: 'not on this host',
    hint: agent.hint,
    evaluate(facts) {
      const traces = tracesOf(agent, facts)
      const shown = evidence('cat /proc/[0-9]*/comm; systemctl is-active …; ls …', traces.join('; '))
      return traces.length === 0
        ? { outcome: 'pass', found: 'no trace', evidence: shown }
        : { outcome: 'fail', found: traces.join('; '), evidence: shown }
    },
  }
}

function tracesOf(agent: Agent, facts: HostFacts): string[] {
  const { processes, services, paths } = facts.software
  return [
    ...processes
      .filter(({ name }) => agent.processes.test(name))
      .slice(0, 3)
      .map(({ pid, name }) => `process ${pid} ${name}`),
    ...services
      .filter(({ name }) => agent.services.includes(name))
      .map(({ name, active }) => `${name} ${active}`),
    ...paths.filter((path) => agent.paths.includes(path)),
  ]
}

const kubenetCheck: Check = {
  id: 'linux.agent.kubenet',
  title: 'kubenet networking',
  category: 'agents',
  severity: 'overridable',
  requirement: 'a CNI plugin, where there is a kubelet',
  hint: 'Move the cluster to a CNI plugin.',
  evaluate(facts) {
    const { kubeletNetworkPlugin: plugin, processes } = facts.software
    const command = 'tr "\\0" "\\n" < /proc/$(pidof kubelet)/cmdline | grep network-plugin'
    if (!processes.some(({ name }) => name === 'kubelet'))
      return { outcome: 'pass', found: 'no kubelet', evidence: evidence(command, '') }
    return plugin === 'kubenet'
      ? { outcome: 'fail', found: 'kubelet --network-plugin=kubenet', evidence: evidence(command, plugin) }
      : {
          outcome: 'pass',
          found: `kubelet with ${plugin ?? 'CNI'}`,
          evidence: evidence(command, plugin ?? ''),
        }
  },
}
