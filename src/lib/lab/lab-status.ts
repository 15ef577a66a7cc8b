import { findHostProcesses } from './hosts/host-processes.ts'
import { sshAnswers } from './hosts/ssh-answer.ts'
import { atMost } from './at-most.ts'
import { gatewayOf, labLayout, type HostLayout, type LabLayout } from './lab-layout.ts'
import type { LabHostReport, LabReport } from './lab-report.ts'
import { hostsOf, readLabState, type LabState } from './lab-state.ts'
import { findControlGroups, type ControlGroups } from './machine/control-groups.ts'
import { sshCommand } from './ssh-files.ts'
import { parseSubnet } from './subnet.ts'

export interface LabStatusOptions {
  readonly name: string
  /** Such as `~/.apoctl/lab`, expanded. */
  readonly dataDirectory: string
}

const askedAtOnce = 50

/** Says how a lab stands. Needs no root; a lab that does not exist is `down` with no hosts. */
export async function labStatus(options: LabStatusOptions): Promise<LabReport> {
  const lab = labLayout(options)
  return describeLab(lab, await readLabState(lab))
}

export async function describeLab(lab: LabLayout, state: LabState | undefined): Promise<LabReport> {
  const groups = await findControlGroups()
  const items = state === undefined ? [] : hostsOf(lab, state)
  const hosts = await atMost({ items, limit: askedAtOnce }, (host) => describeHost({ lab, host }, groups))
  return {
    lab: lab.name,
    directory: lab.directory,
    state: overall(hosts),
    suite: state?.suite ?? null,
    subnet: state?.subnet ?? null,
    gateway: state === undefined ? null : gatewayOf(parseSubnet(state.subnet)),
    bridge: lab.bridge,
    hosts,
    inventory: lab.inventory,
    sshConfig: lab.sshConfig,
    knownHosts: lab.knownHosts,
    identity: lab.identity,
  }
}

async function describeHost(
  which: { readonly lab: LabLayout; readonly host: HostLayout },
  groups: ControlGroups,
): Promise<LabHostReport> {
  const { lab, host } = which
  const { running, initPid } = await findHostProcesses(host.machine, groups)
  const answers = running && (await sshAnswers(host.address))
  return {
    name: host.name,
    address: host.address,
    state: answers ? 'up' : running ? 'booting' : 'down',
    machine: host.machine,
    initPid: initPid ?? null,
    sshCommand: sshCommand(lab, host),
  }
}

function overall(hosts: readonly LabHostReport[]): LabReport['state'] {
  if (hosts.every(({ state }) => state === 'down')) return 'down'
  return hosts.every(({ state }) => state === 'up') ? 'up' : 'partial'
}
