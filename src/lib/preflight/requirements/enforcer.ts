import type { RequirementSet } from './requirement-set.ts'

/** What the bundled enforcer really needs: nftables through netlink, a systemd unit, and a place to live. */
export const enforcer = {
  name: 'enforcer',
  title: 'The enforcer that apoctl brings',
  source: 'apoctl documentation, requirements of the bundled enforcer',
  linux: {
    architectures: ['x86_64', 'aarch64'],
    minimumGlibc: '2.28',
    minimumSystemd: 232,
    minimumVcpus: 1,
    minimumMemory: '256MB',
    freeDisk: { '/opt': '400MB', '/var/lib': '100MB' },
    capabilities: {
      CAP_SYS_PTRACE: 'tell which program a connection belongs to, through /proc',
      CAP_NET_ADMIN: 'program nftables and read flows from netlink',
      CAP_NET_RAW: 'raw sockets for ping and packet capture',
      CAP_SYS_RESOURCE: 'large netlink buffers and many open files',
      CAP_SYS_ADMIN: 'enter the network namespaces of containers',
      CAP_SYS_MODULE: 'load nf_tables and its parts on demand',
    },
    kernelModules: {
      nf_tables: 'the packet filter itself',
      nft_ct: 'match established connections first',
      nf_conntrack: 'connection tracking',
      nfnetlink: 'the way to program and to listen',
      nft_log: 'a flow record for each new connection',
      nfnetlink_log: 'flow records to the enforcer (NFLOG)',
      nf_conntrack_netlink: 'end and byte counts of connections',
    },
    clockSkewSeconds: 30,
    exclusiveFirewall: true,
    nftables: true,
  },
  severities: {
    // nftables tables of other programs live beside the enforcer's; they only narrow what it allows.
    'linux.firewall.firewalld': 'warning',
    'linux.firewall.ufw': 'warning',
    'linux.firewall.iptables': 'warning',
    'linux.kernel.module.nf_conntrack_netlink': 'warning',
    // Without these it enforces all the same: it sees less of processes and containers, and loads nothing.
    'linux.capability.CAP_SYS_PTRACE': 'warning',
    'linux.capability.CAP_SYS_RESOURCE': 'warning',
    'linux.capability.CAP_SYS_ADMIN': 'warning',
    'linux.capability.CAP_SYS_MODULE': 'warning',
  },
} as const satisfies RequirementSet
