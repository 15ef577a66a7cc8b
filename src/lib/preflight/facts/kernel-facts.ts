import type { Answers } from './answers.ts'
import type { HostFacts, KernelFacts, Probe } from './host-facts.ts'
import { moduleName, numberOf, splitName, truthOf } from './read-answer.ts'

export function kernelFacts(answers: Answers): KernelFacts {
  const modulesOf = (key: string): readonly string[] | null => answers.words(key)?.map(moduleName) ?? null
  return {
    release: answers.first('kernel.release') ?? '',
    build: answers.first('kernel.build') ?? '',
    config: configuration(answers),
    tree: answers.first('kernel.tree'),
    loaded: modulesOf('kernel.loaded'),
    hasProcModules: answers.first('kernel.noProcModules') !== 'yes',
    builtIn: modulesOf('kernel.builtin'),
    loadable: modulesOf('kernel.loadable'),
    loadableFrom: answers.first('kernel.loadableFrom'),
    files: Object.fromEntries(answers.all('kernel.file').map((path) => [nameOfFile(path), path])),
    sysBuiltIn: modulesOf('kernel.sysBuiltin') ?? [],
    aliases: aliases(answers.all('kernel.alias')),
    softDependencies: Object.fromEntries(
      answers.all('kernel.softdep').map((line) => splitName(line.replace(/^softdep /, ''))),
    ),
    modprobeFinds: modulesOf('kernel.modprobeFinds'),
    modprobeRules: answers.all('kernel.modprobeRule'),
    loadingDisabled: truthOf(answers.first('kernel.modulesDisabled')),
  }
}

function configuration(answers: Answers): KernelFacts['config'] {
  const file = answers.first('kernel.configFile')
  if (file === null) return null
  return {
    file,
    builtIn: answers.words('kernel.config.y') ?? [],
    module: answers.words('kernel.config.m') ?? [],
  }
}

/** `kernel/net/netfilter/xt_set.ko.xz` is the module xt_set. */
function nameOfFile(path: string): string {
  return moduleName(path.replace(/^.*\//, '').replace(/\.ko.*$/, ''))
}

function aliases(lines: readonly string[]): Record<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const [, alias, target] = line.split(' ')
    if (alias === undefined || target === undefined) continue
    found.set(moduleName(alias), [...(found.get(moduleName(alias)) ?? []), moduleName(target)])
  }
  return Object.fromEntries(found)
}

export function netfilterFacts(answers: Answers): HostFacts['netfilter'] {
  const rules = numberOf(answers.first('netfilter.nftRules'))
  const idle = answers.first('netfilter.nftIdle') === 'yes'
  const listed = idle || answers.first('netfilter.nftListed') === 'yes'
  return {
    matches: answers.words('netfilter.ip.matches'),
    targets: answers.words('netfilter.ip.targets'),
    tables: answers.words('netfilter.ip.names'),
    iptablesProgram: answers.first('netfilter.iptables'),
    nftTables: listed ? answers.all('netfilter.nftTable') : null,
    nftRuleCount: idle ? 0 : rules,
    nftDryRun: dryRun(answers),
    legacyRules: answers.all('netfilter.legacyRules').flatMap((line) => {
      const [family = '', table = '', count] = line.split(' ')
      const counted = numberOf(count ?? null)
      return counted === null ? [] : [{ family, table, rules: counted }]
    }),
  }
}

function dryRun(answers: Answers): Probe | null {
  if (answers.first('netfilter.nftAccepts') === 'yes') return { outcome: 'ok', detail: '' }
  const refusal = answers.first('netfilter.nftRefuses')
  return refusal === null ? null : { outcome: 'failed', detail: refusal }
}
