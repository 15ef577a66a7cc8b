import type { Answers } from './answers.ts'
import type { HostFacts } from './host-facts.ts'
import { numberOf, splitName } from './read-answer.ts'

export function softwareFacts(answers: Answers): HostFacts['software'] {
  const pairs = (key: string): Record<string, string> => Object.fromEntries(answers.all(key).map(splitName))
  const manager = answers.first('package.manager')
  return {
    packageManager: manager,
    installer: answers.first('package.installer'),
    packages: manager === 'apk' ? apkPackages(answers.all('package.installed')) : pairs('package.installed'),
    programs: pairs('program.path'),
    libraries: pairs('library.path'),
    services: answers.all('service.state').map((line) => {
      const [name = '', active = '', enabled = ''] = line.split(' ')
      return { name, active, enabled }
    }),
    ufwEnabled: ufw(answers),
    paths: answers.all('service.path'),
    processes: answers.all('service.process').flatMap((line) => {
      const [pid, name] = splitName(line)
      const number = numberOf(pid)
      return number === null ? [] : [{ pid: number, name }]
    }),
    kubeletNetworkPlugin: answers.first('service.kubelet')?.replace(/^--network-plugin=/, '') ?? null,
  }
}

function ufw(answers: Answers): boolean | null {
  const line = answers.first('service.ufw')
  if (line !== null) return /=\s*"?yes/i.test(line)
  return answers.all('unknown').some((one) => one.startsWith('service.ufw ')) ? null : false
}

/** `apk info -v` prints `ipset-7.22-r0`: the version is what follows the last dash before a digit. */
function apkPackages(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, version] = /^(.+?)-(\d.*)$/.exec(line) ?? []
      return name === undefined || version === undefined ? [] : [[name, version]]
    }),
  )
}
