import { createHmac } from 'node:crypto'

/**
 * The `machineID` of an enforcer, from the content of /etc/machine-id; empty for an empty one. The
 * machine-id itself must not leave the host (machine-id(5)): like systemd's own
 * sd_id128_get_machine_app_specific, a keyed hash of it does.
 */
export function deriveMachineId(id: string): string {
  if (id === '') return ''
  const bytes = createHmac('sha256', id).update('prisma-enforcer').digest()
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x40
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)]
    .join('-')
    .toUpperCase()
}

/** The metadata tag that ties what belongs to an enforcer, such as its app credential, to its machine. */
export function machineTag(machineId: string): string {
  return `@enforcer:machineid=${machineId}`
}
