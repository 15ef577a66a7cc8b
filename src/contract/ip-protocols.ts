/** Names of IP protocols as the contract knows them: the registry of IANA, some under older names. */
const names =
  `hopopt icmp igmp ggp ipip st tcp cbt egp igp bbn-rcc-mon nvp-ii pup argus emcon xnet chaos udp mux
  dcn-meas hmp prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp
  ddp idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah i-nlsp swipe narp mobile tlsp skip
  ipv6-icmp ipv6-nonxt ipv6-opts anylocalhost cftp anylocalnetwork sat-expak kryptolan rvd ippc - sat-mon visa ipcu
  cpnx cphb wsn pvp br-sat-mon sun-nd wb-mon wb-expak iso-ip vmtp secure-vmtp vines ttp nsfnet-igp dgp tcf eigrp ospf
  sprite-rpc larp mtp ax.25 os micp scc-sp etherip encap privateencryption gmtp ifmp pnni pim aris scps qnx a/n ipcomp
  snp compaq-peer ipx-in-ip vrrp pgm - l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp sscopmce iplt sps pipe
  sctp fc rsvp-e2e-ignore mobility-header udplite mpls-in-ip manet hip shim6 wesp rohc`.split(/\s+/)

/** `-` fills numbers that have no name; `icmp6` is a second name of 58. */
const numbers = new Map<string, number>([
  ...names.map((name, number) => [name, number] as const).filter(([name]) => name !== '-'),
  ['icmp6', names.indexOf('ipv6-icmp')],
])

/** The number of a protocol, by its name in any case. */
export function protocolNumber(name: string): number | undefined {
  return numbers.get(name.toLowerCase())
}
