import type { HostSettings } from './host-settings.ts'

/** Who is meant, for people: `root@web1:22`. */
export function subjectOf(settings: Pick<HostSettings, 'user' | 'alias' | 'port'>): string {
  return `${settings.user}@${settings.alias}:${settings.port}`
}
