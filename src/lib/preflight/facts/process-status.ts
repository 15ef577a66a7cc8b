import type { HostFacts } from './host-facts.ts'
import { truthOf } from './read-answer.ts'

/** Bits of /proc/PID/status, in the order of linux/capability.h. */
const capabilityNames = [
  ...['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL'],
  ...['CAP_SETGID', 'CAP_SETUID', 'CAP_SETPCAP', 'CAP_LINUX_IMMUTABLE', 'CAP_NET_BIND_SERVICE'],
  ...['CAP_NET_BROADCAST', 'CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_IPC_LOCK', 'CAP_IPC_OWNER'],
  ...['CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_SYS_CHROOT', 'CAP_SYS_PTRACE', 'CAP_SYS_PACCT'],
  ...['CAP_SYS_ADMIN', 'CAP_SYS_BOOT', 'CAP_SYS_NICE', 'CAP_SYS_RESOURCE', 'CAP_SYS_TIME'],
  ...['CAP_SYS_TTY_CONFIG', 'CAP_MKNOD', 'CAP_LEASE', 'CAP_AUDIT_WRITE', 'CAP_AUDIT_CONTROL'],
  ...['CAP_SETFCAP', 'CAP_MAC_OVERRIDE', 'CAP_MAC_ADMIN', 'CAP_SYSLOG', 'CAP_WAKE_ALARM'],
  ...['CAP_BLOCK_SUSPEND', 'CAP_AUDIT_READ', 'CAP_PERFMON', 'CAP_BPF', 'CAP_CHECKPOINT_RESTORE'],
]

/** Reads the lines of /proc/PID/status that say what a process may do; null when they are not all there. */
export function processStatusOf(lines: readonly string[]): HostFacts['serviceManager']['status'] {
  const fields = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
    }),
  )
  const effective = capabilities(fields.get('CapEff'))
  const bounding = capabilities(fields.get('CapBnd'))
  if (effective === null || bounding === null) return null
  return {
    capabilitiesEffective: effective,
    capabilitiesBounding: bounding,
    noNewPrivileges: truthOf(fields.get('NoNewPrivs') ?? null),
    cpusAllowed: fields.get('Cpus_allowed_list') ?? null,
  }
}

function capabilities(hexadecimal: string | undefined): string[] | null {
  if (hexadecimal === undefined || !/^[0-9a-f]{16}$/.test(hexadecimal)) return null
  const bits = BigInt(`0x${hexadecimal}`)
  return capabilityNames.filter((_, bit) => (bits >> BigInt(bit)) & 1n)
}
