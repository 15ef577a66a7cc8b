import type { Answers } from './answers.ts'

/** What clouds write into the firmware of their machines; each in its own field. */
const marks: readonly (readonly [cloud: string, field: string, mark: RegExp])[] = [
  ['aws', 'dmi.sys_vendor', /^Amazon EC2/],
  ['aws', 'dmi.bios_version', /amazon$/],
  // Hyper-V is Microsoft's everywhere; this number is Azure's.
  ['azure', 'dmi.chassis_asset_tag', /^7783-7084-3265-9085-8269-3286-77$/],
  ['gcp', 'dmi.product_name', /^Google Compute Engine/],
  ['oracle', 'dmi.chassis_asset_tag', /^OracleCloud\.com/],
  ['alibaba', 'dmi.sys_vendor', /^Alibaba Cloud/],
  ['digitalocean', 'dmi.sys_vendor', /^DigitalOcean/],
  ['hetzner', 'dmi.sys_vendor', /^Hetzner/],
  ['openstack', 'dmi.product_name', /^OpenStack/],
]

/** Whose cloud a host is in. */
export function cloudOf(answers: Pick<Answers, 'first'>): string | null {
  return marks.find(([, field, mark]) => mark.test(answers.first(field) ?? ''))?.[0] ?? null
}
