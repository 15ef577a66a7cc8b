import type { LinuxRequirements, RequirementSet } from './requirement-set.ts'

/** What every revision of the guide asks of Linux hosts in the same words. */
export const inEveryRevision = {
  capabilities: {
    CAP_SYS_PTRACE: 'read other processes through /proc, e.g. /proc/<pid>/root',
    CAP_NET_ADMIN: 'program iptables',
    CAP_NET_RAW: 'raw sockets for the UDP datapath and for diagnostic ping',
    CAP_SYS_RESOURCE: 'set and override resource limits (setrlimit)',
    CAP_SYS_ADMIN: 'mount, and load eBPF programs',
    CAP_SYS_MODULE: 'load kernel modules such as ip_tables and iptable_mangle',
  },
  kernelModules: {
    xt_cgroup: 'match the process control group',
    xt_limit: 'rate-limit match',
    xt_multiport: 'several ports in one match: TCP, UDP, UDP-Lite, SCTP, DCCP',
    xt_connmark: 'connection marks',
    xt_REDIRECT: 'redirect a connection to localhost',
    xt_string: 'string match',
    xt_HMARK: 'mark packets by hash',
    xt_LOG: 'packet log, IPv4 and IPv6',
    xt_bpf: 'BPF match',
    xt_state: 'connection-tracking state match',
    xt_set: 'IP set match and target',
    nf_nat_redirect: 'used by xt_REDIRECT',
    nf_log_common: 'used by nf_log_ipv4',
    nf_conntrack_ipv6: 'connection tracking table',
    nf_log_ipv4: 'IPv4 packet logging',
    ip_set: 'IP set core, used by ip_set_bitmap_port, xt_set, ip_set_hash_net, ip_set_hash_netport',
    ip_set_bitmap_port: 'ipset bitmap:port',
    ip_set_hash_netport: 'ipset hash:net,port',
    ip_set_hash_net: 'ipset hash:net',
    ts_bm: 'Boyer-Moore string matching',
    cls_cgroup: 'control group classifier',
    ip_tables: 'iptables',
    iptable_nat: 'iptables NAT table',
    iptable_mangle: 'iptables mangle table',
  },
  packages: ['elfutils-libelf', 'conntrack-tools', 'ipset'],
  domains: ['*.aporeto.com', 'gcr.io', '*.prismacloud.io', '*.network.prismacloud.io'],
  clockSkewSeconds: 30,
  exclusiveFirewall: true,
} as const satisfies LinuxRequirements

export const guide202110 = {
  name: 'guide-2021-10',
  title: 'Microsegmentation guide, 8 October 2021',
  source: 'Identity-Based Microsegmentation Guide, System requirements, last updated October 8, 2021',
  linux: {
    distributions: {
      'Amazon Linux': ['2'],
      CentOS: ['7.3-7.9', '8.0-8.3'],
      Debian: ['9.0-9.9', '9.11-9.12', '10.1-10.8'],
      'Oracle Enterprise Linux': ['7.2-7.9'],
      'Red Hat Enterprise Linux': ['7.1-7.9', '8.0-8.3'],
      Ubuntu: ['16.04', '18.04', '20.04'],
    },
    ...inEveryRevision,
  },
  severities: {},
} as const satisfies RequirementSet

export const guide202111 = {
  name: 'guide-2021-11',
  title: 'Microsegmentation guide, 8 November 2021',
  source: 'Identity-Based Microsegmentation Guide, System requirements, last updated November 8, 2021',
  linux: {
    minimumVcpus: 2,
    minimumMemory: '2GB',
    distributions: {
      'Amazon Linux': ['2'],
      CentOS: ['7.9', '8.0-8.3'],
      Debian: ['9.8'],
      'Oracle Enterprise Linux': ['7.5', '7.6'],
      'Red Hat Enterprise Linux': ['7.1-7.9', '8.0-8.3'],
      'SuSE Linux': ['12.5'],
      Ubuntu: ['16.04', '18.04', '20.04'],
    },
    ...inEveryRevision,
  },
  severities: {},
} as const satisfies RequirementSet
