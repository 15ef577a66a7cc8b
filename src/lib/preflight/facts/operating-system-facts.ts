import type { Answers } from './answers.ts'
import type { HostFacts } from './host-facts.ts'
import { numberOf, splitName } from './read-answer.ts'

export function operatingSystemFacts(answers: Answers): HostFacts['operatingSystem'] {
  const release = osRelease(answers.all('os.release'))
  const file = answers.first('os.releaseFile')
  const [path, content] = splitName(file ?? '')
  const field = (name: string): string => release.get(name) ?? ''
  return {
    id: field('ID').toLowerCase(),
    idLike: field('ID_LIKE').toLowerCase().split(' ').filter(Boolean),
    name: field('NAME'),
    prettyName: release.get('PRETTY_NAME') ?? field('NAME'),
    versionId: field('VERSION_ID'),
    version: field('VERSION'),
    debianVersion: answers.first('os.debianVersion'),
    releaseFile: file === null ? null : { path, content },
    machine: answers.first('os.machine') ?? '',
    bits: numberOf(answers.first('os.bits')),
    libc: answers.first('os.libc'),
  }
}

/** os-release(5): shell assignments, quoted with either quote or not at all. */
function osRelease(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) return []
      const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? []
      return [[name, (inner ?? value).replace(/\\(["'$`\\])/g, '$1')] as const]
    }),
  )
}
