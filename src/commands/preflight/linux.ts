import { Flags } from '@oclif/core'
import { ApoctlCommand } from '../../lib/cli/base-command.ts'
import { fleetFlags, prepareFleet } from '../../lib/cli/flags/fleet-flags.ts'
import { outputFlags } from '../../lib/cli/flags/output-flags.ts'
import { preflightListPresentation } from '../../lib/output/views/preflight-list-view.ts'
import { preflightPresentation } from '../../lib/output/views/preflight-view.ts'
import { listChecks } from '../../lib/preflight/list-checks.ts'
import { loadCriteria, type CriteriaOptions } from '../../lib/preflight/load-criteria.ts'
import { judgeFactsFile, preflightLinux } from '../../lib/preflight/preflight-linux.ts'

const helpGroup = 'CHECKS'

export default class PreflightLinux extends ApoctlCommand {
  static override readonly summary = 'Check that Linux hosts can carry the enforcer. Changes nothing there.'
  static override readonly description =
    'Gathers facts in one round trip a host and judges them by a requirement set. Without root it says ' +
    '"could not tell" where root would be needed. Exits 0 when every host passes (warnings allowed), 1 when ' +
    'a check fails, 4 when that could not be told, 5 when some hosts pass and some do not.'
  static override readonly examples = [
    '<%= config.bin %> preflight linux --host root@web1 --host root@web2',
    '<%= config.bin %> preflight linux --inventory hosts.yaml --api https://console.example.com:4443 -o short',
    '<%= config.bin %> preflight linux --requirements guide-2021-10 --skip linux.package --accept-risk linux.system.distribution',
    '<%= config.bin %> preflight linux --inventory hosts.yaml --facts-out facts.json',
    '<%= config.bin %> preflight linux --facts facts.json --requirements ./our-rules.yaml -o junit',
  ]
  static override readonly flags = {
    ...outputFlags(['table', 'short', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
    ...fleetFlags,
    requirements: Flags.string({
      summary:
        'Requirement set: enforcer, guide-2021-10, guide-2021-11, or a YAML or JSON file. ' +
        'Default: enforcer; with --repo: guide-2021-11.',
      helpValue: 'NAME|FILE',
      helpGroup,
    }),
    list: Flags.boolean({ summary: 'List the checks that would be asked, and ask no host.', helpGroup }),
    only: Flags.string({
      summary: 'Ask only this check; the start of an id or * will do. Repeatable.',
      helpValue: 'ID',
      multiple: true,
      helpGroup,
    }),
    skip: Flags.string({
      summary: 'Judge and show this check, but do not count it. Repeatable.',
      helpValue: 'ID',
      multiple: true,
      helpGroup,
    }),
    'accept-risk': Flags.string({
      summary: 'Accept that this overridable check fails. Repeatable.',
      helpValue: 'ID',
      multiple: true,
      helpGroup,
    }),
    strict: Flags.boolean({ summary: 'Let warnings fail as well.', default: false, helpGroup }),
    fix: Flags.boolean({
      summary: 'Mend what has a command for it: show the command, ask, run it, check again.',
      default: false,
      exclusive: ['facts', 'list'],
      helpGroup,
    }),
    yes: Flags.boolean({ summary: 'Say yes to every command of --fix.', dependsOn: ['fix'], helpGroup }),
    'facts-out': Flags.string({
      summary: 'Keep the facts of the hosts in this file.',
      helpValue: 'FILE',
      exclusive: ['facts'],
      helpGroup,
    }),
    facts: Flags.string({
      summary: 'Judge the facts kept in this file, and ask no host.',
      helpValue: 'FILE',
      exclusive: ['host', 'inventory'],
      helpGroup,
    }),
    api: Flags.string({
      char: 'A',
      summary: 'Address of the Console: hosts resolve it, connect to it and check its certificate.',
      helpValue: 'URL',
      helpGroup,
    }),
    repo: Flags.string({
      summary: 'Address of the package repository, tried by the hosts as well.',
      helpValue: 'URL',
      helpGroup,
    }),
    'api-cacert': Flags.string({
      summary: 'Authority (PEM) that the hosts will trust the Console by.',
      helpValue: 'FILE',
      helpGroup,
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(PreflightLinux)
    const context = await this.context(flags)
    const criteria = await loadCriteria(criteriaOf(flags))
    if (flags.list) return this.present({ report: listChecks(criteria), flags }, preflightListPresentation)
    if (flags.facts !== undefined)
      return this.present(
        { report: await judgeFactsFile(flags.facts, criteria), flags },
        preflightPresentation,
      )
    const { hosts, limits, ...fleet } = await prepareFleet(flags, { ...context, root: 'wanted' })
    const ask = flags.yes ? { confirm: () => Promise.resolve(true) } : context.ask
    const report = await preflightLinux(
      { ...limits, hosts, criteria, fix: flags.fix, factsFile: flags['facts-out'] },
      { ...fleet.context, clock: context.clock, ask },
    )
    await this.present({ report, flags }, preflightPresentation)
  }
}

interface CriteriaFlags {
  readonly only?: readonly string[] | undefined
  readonly skip?: readonly string[] | undefined
  readonly 'accept-risk'?: readonly string[] | undefined
  readonly strict: boolean
  readonly requirements?: string | undefined
  readonly api?: string | undefined
  readonly repo?: string | undefined
  readonly 'api-cacert'?: string | undefined
}

function criteriaOf(flags: CriteriaFlags): CriteriaOptions {
  return {
    selection: { only: flags.only ?? [], skip: flags.skip ?? [], acceptRisk: flags['accept-risk'] ?? [] },
    strict: flags.strict,
    requirements: flags.requirements,
    api: flags.api,
    repo: flags.repo,
    authoritiesFile: flags['api-cacert'],
  }
}
