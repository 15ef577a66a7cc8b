import type { AlgorithmFamily } from '../algorithms.ts'

/** How the arguments of a keyword are read. */
export type ValueKind =
  /** yes or no. */
  | { readonly type: 'flag' }
  /** One of some words; each stands for itself or for another spelling. */
  | { readonly type: 'choice'; readonly words: Readonly<Record<string, string>> }
  /** One word that is taken as it is. */
  | { readonly type: 'text' }
  /** A number of seconds, which may be written 1h30m, or none. */
  | { readonly type: 'time' }
  | { readonly type: 'count' }
  | { readonly type: 'port' }
  /** Several words, or none alone. */
  | { readonly type: 'files' }
  /** Everything up to the end of the line. */
  | { readonly type: 'command' }
  | { readonly type: 'jump' }
  | { readonly type: 'agent' }
  | { readonly type: 'domains' }
  | { readonly type: 'cnames' }
  | { readonly type: 'algorithms'; readonly family: AlgorithmFamily }

const flag = { type: 'flag' } as const
const text = { type: 'text' } as const
const time = { type: 'time' } as const
const count = { type: 'count' } as const
const files = { type: 'files' } as const
const command = { type: 'command' } as const
const keys = { type: 'algorithms', family: 'key' } as const
const choice = <Words extends Readonly<Record<string, string>>>(words: Words) =>
  ({ type: 'choice', words }) as const
const yesOrNo = { yes: 'yes', true: 'yes', no: 'no', false: 'no' } as const

/** The keywords that decide how we log in, and what their values look like. */
const used = {
  addressfamily: choice({ inet: 'inet', inet6: 'inet6', any: 'any' }),
  bindaddress: text,
  bindinterface: text,
  canonicaldomains: { type: 'domains' },
  canonicalizefallbacklocal: flag,
  canonicalizehostname: choice({ ...yesOrNo, always: 'always' }),
  canonicalizemaxdots: count,
  canonicalizepermittedcnames: { type: 'cnames' },
  certificatefile: text,
  checkhostip: flag,
  ciphers: { type: 'algorithms', family: 'cipher' },
  compression: choice({ yes: 'yes', no: 'no' }),
  connectionattempts: count,
  connecttimeout: time,
  globalknownhostsfile: files,
  hashknownhosts: flag,
  hostkeyalgorithms: keys,
  hostkeyalias: text,
  hostname: text,
  identitiesonly: flag,
  identityagent: { type: 'agent' },
  identityfile: text,
  ignoreunknown: text,
  kbdinteractiveauthentication: flag,
  kexalgorithms: { type: 'algorithms', family: 'kex' },
  knownhostscommand: command,
  macs: { type: 'algorithms', family: 'mac' },
  nohostauthenticationforlocalhost: flag,
  passwordauthentication: flag,
  port: { type: 'port' },
  preferredauthentications: text,
  proxycommand: command,
  proxyjump: { type: 'jump' },
  proxyusefdpass: flag,
  pubkeyacceptedalgorithms: keys,
  pubkeyauthentication: choice({ ...yesOrNo, unbound: 'unbound', 'host-bound': 'host-bound' }),
  requiredrsasize: count,
  revokedhostkeys: text,
  serveralivecountmax: count,
  serveraliveinterval: time,
  stricthostkeychecking: choice({ ...yesOrNo, ask: 'ask', off: 'no', 'accept-new': 'accept-new' }),
  tag: text,
  tcpkeepalive: flag,
  user: text,
  userknownhostsfile: files,
} as const satisfies Readonly<Record<string, ValueKind>>

export type UsedKeyword = keyof typeof used

export const usedKeywords: Readonly<Record<UsedKeyword, ValueKind>> = used

/** Other names that OpenSSH, or Debian's build of it, has for them. */
export const otherSpellings: Readonly<Record<string, UsedKeyword>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
  protocolkeepalives: 'serveraliveinterval',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
  setuptimeout: 'serveraliveinterval',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
}

/** Keywords that change nothing here but are read as yes or no, so that slips are noticed. */
export const unusedFlags: ReadonlySet<string> = new Set(
  `batchmode clearallforwardings enableescapecommandline enablesshkeysign exitonforwardfailure
  forkafterauthentication forwardx11 forwardx11trusted gatewayports hostbasedauthentication
  permitlocalcommand stdinnull streamlocalbindunlink visualhostkey`.split(/\s+/),
)

/** Keywords that are known and change nothing here; some of them ssh itself has given up. */
export const unusedKeywords: ReadonlySet<string> = new Set(
  `addkeystoagent afstokenpassing casignaturealgorithms channeltimeout cipher compressionlevel
  controlmaster controlpath controlpersist dynamicforward escapechar fallbacktorsh fingerprinthash
  forwardagent forwardx11timeout globalknownhostsfile2 gssapiauthentication gssapiclientidentity
  gssapidelegatecredentials gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey
  gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedkeytypes ipqos
  kbdinteractivedevices kerberosauthentication kerberostgtpassing localcommand localforward loglevel
  logverbose numberofpasswordprompts obscurekeystroketiming permitremoteopen pkcs11provider protocol
  refuseconnection rekeylimit remotecommand remoteforward requesttty rhostsauthentication
  rhostsrsaauthentication rsaauthentication securitykeyprovider sendenv sessiontype setenv
  smartcarddevice streamlocalbindmask syslogfacility tunnel tunneldevice updatehostkeys
  useblacklistedkeys useprivilegedport userknownhostsfile2 useroaming usersh verifyhostkeydns
  versionaddendum warnweakcrypto xauthlocation`.split(/\s+/),
)
