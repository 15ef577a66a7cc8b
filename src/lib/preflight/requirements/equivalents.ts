/**
 * Modules that newer kernels carry under another name, inside another module, or not at all because
 * something else does the work. Read off real trees: Debian's 5.10, 6.1, 6.12 and 7.2.
 */
export interface Equivalent {
  /** The module that takes its place. */
  readonly module: string
  /** Build option that must be on inside that module, where the configuration can be read. */
  readonly option?: string
  /** Why it is as good, for the report. */
  readonly because: string
}

export const equivalents: Readonly<Record<string, readonly Equivalent[]>> = {
  nf_conntrack_ipv6: [
    { module: 'nf_conntrack', because: 'merged into nf_conntrack in 4.19, and in the 4.18 of RHEL 8' },
  ],
  nf_conntrack_ipv4: [
    { module: 'nf_conntrack', because: 'merged into nf_conntrack in 4.19, and in the 4.18 of RHEL 8' },
  ],
  nf_log_ipv4: [{ module: 'nf_log_syslog', because: 'merged into nf_log_syslog in 5.13' }],
  nf_log_ipv6: [{ module: 'nf_log_syslog', because: 'merged into nf_log_syslog in 5.13' }],
  nf_log_common: [{ module: 'nf_log_syslog', because: 'merged into nf_log_syslog in 5.13' }],
  nf_nat_redirect: [
    {
      module: 'nf_nat',
      option: 'NF_NAT_REDIRECT',
      because: 'part of nf_nat since it became an option of it',
    },
  ],
  nf_nat_ipv4: [{ module: 'nf_nat', because: 'merged into nf_nat in 5.1' }],
  xt_state: [{ module: 'xt_conntrack', because: 'iptables answers "state" with xt_conntrack' }],
  xt_CONNMARK: [{ module: 'xt_connmark', because: 'match and target are one module' }],
  nft_chain_nat_ipv4: [{ module: 'nft_chain_nat', because: 'one module for all families since 5.2' }],
}

/** Options that stayed in the configuration when their module went into another: they tell nothing of it. */
export const optionGoneSince: Readonly<Record<string, readonly number[]>> = {
  nf_log_common: [5, 13],
  nf_log_ipv4: [5, 13],
}

/** Build options by module, where the option is not simply the name in capitals. */
export const configOptions: Readonly<Record<string, readonly string[]>> = {
  xt_cgroup: ['NETFILTER_XT_MATCH_CGROUP'],
  xt_limit: ['NETFILTER_XT_MATCH_LIMIT'],
  xt_multiport: ['NETFILTER_XT_MATCH_MULTIPORT'],
  xt_connmark: ['NETFILTER_XT_CONNMARK'],
  xt_REDIRECT: ['NETFILTER_XT_TARGET_REDIRECT'],
  xt_string: ['NETFILTER_XT_MATCH_STRING'],
  xt_HMARK: ['NETFILTER_XT_TARGET_HMARK'],
  xt_LOG: ['NETFILTER_XT_TARGET_LOG'],
  xt_bpf: ['NETFILTER_XT_MATCH_BPF'],
  xt_state: ['NETFILTER_XT_MATCH_STATE'],
  xt_conntrack: ['NETFILTER_XT_MATCH_CONNTRACK'],
  xt_set: ['NETFILTER_XT_SET'],
  // A yes-or-no option of nf_nat, whatever nf_nat itself is.
  nf_nat_redirect: [],
  nf_log_common: ['NF_LOG_COMMON'],
  nf_conntrack_ipv6: ['NF_CONNTRACK_IPV6'],
  nf_conntrack_ipv4: ['NF_CONNTRACK_IPV4'],
  nf_log_ipv4: ['NF_LOG_IPV4'],
  nf_log_syslog: ['NF_LOG_SYSLOG'],
  ip_set: ['IP_SET'],
  ip_set_bitmap_port: ['IP_SET_BITMAP_PORT'],
  ip_set_hash_netport: ['IP_SET_HASH_NETPORT'],
  ip_set_hash_net: ['IP_SET_HASH_NET'],
  ts_bm: ['TEXTSEARCH_BM'],
  cls_cgroup: ['NET_CLS_CGROUP'],
  // Since 6.11 the code that makes a table of its own is an option apart, which others select.
  ip_tables: ['IP_NF_IPTABLES_LEGACY', 'IP_NF_IPTABLES'],
  iptable_nat: ['IP_NF_NAT'],
  iptable_mangle: ['IP_NF_MANGLE'],
  nf_tables: ['NF_TABLES'],
  nft_ct: ['NFT_CT'],
  nft_log: ['NFT_LOG'],
  nf_nat: ['NF_NAT'],
  nf_conntrack: ['NF_CONNTRACK'],
  nfnetlink: ['NETFILTER_NETLINK'],
  nfnetlink_log: ['NETFILTER_NETLINK_LOG'],
  nfnetlink_queue: ['NETFILTER_NETLINK_QUEUE'],
  nf_conntrack_netlink: ['NF_CT_NETLINK'],
  nft_chain_nat: ['NFT_NAT'],
}

/** What the running packet filter calls the work of a module, in /proc/net/ip_tables_*. */
export const packetFilterNames: Readonly<
  Record<string, { readonly kind: 'matches' | 'targets' | 'tables'; readonly name: string }>
> = {
  xt_cgroup: { kind: 'matches', name: 'cgroup' },
  xt_limit: { kind: 'matches', name: 'limit' },
  xt_multiport: { kind: 'matches', name: 'multiport' },
  xt_connmark: { kind: 'matches', name: 'connmark' },
  xt_REDIRECT: { kind: 'targets', name: 'REDIRECT' },
  xt_string: { kind: 'matches', name: 'string' },
  xt_HMARK: { kind: 'targets', name: 'HMARK' },
  xt_LOG: { kind: 'targets', name: 'LOG' },
  xt_bpf: { kind: 'matches', name: 'bpf' },
  xt_state: { kind: 'matches', name: 'state' },
  xt_conntrack: { kind: 'matches', name: 'conntrack' },
  xt_set: { kind: 'matches', name: 'set' },
  iptable_nat: { kind: 'tables', name: 'nat' },
  iptable_mangle: { kind: 'tables', name: 'mangle' },
}
