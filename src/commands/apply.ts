import { Args, Flags } from '@oclif/core'
import { ApoctlCommand, type PresentationFlags } from '../lib/cli/base-command.ts'
import type { AskedChange } from '../lib/cli/change-fleet.ts'
import type { CommandContext } from '../lib/cli/context.ts'
import {
  linuxInstallFlags,
  linuxUninstallFlags,
  linuxUpgradeFlags,
} from '../lib/cli/flags/linux-change-flags.ts'
import { outputFlags } from '../lib/cli/flags/output-flags.ts'
import { installOnFleet } from '../lib/cli/install-on-fleet.ts'
import { readPlan } from '../lib/cli/read-plan.ts'
import { uninstallFromFleet } from '../lib/cli/uninstall-from-fleet.ts'
import { upgradeFleet } from '../lib/cli/upgrade-fleet.ts'
import { ApoctlError } from '../lib/errors/apoctl-error.ts'
import { installPresentation } from '../lib/output/views/install-view.ts'
import { uninstallPresentation } from '../lib/output/views/uninstall-view.ts'

export default class Apply extends ApoctlCommand {
  static override readonly summary = 'Carry out a plan that --plan-out has written, if it still holds.'
  static override readonly description =
    'Looks at every host of the plan first. If one is not what it was when the plan was made, nothing is ' +
    'changed anywhere. A secret that was given as a flag then has to be in the environment now.'
  static override readonly examples = [
    '<%= config.bin %> enforcer install linux --inventory hosts.yaml --namespace /acme --plan-out plan.json',
    '<%= config.bin %> apply plan.json --confirm',
  ]
  static override readonly args = {
    plan: Args.string({ description: 'File of the plan, or - for standard input.', required: true }),
  }
  static override readonly flags = {
    ...outputFlags(['table', 'json', 'yaml', 'jsonl', 'junit', 'markdown', 'none']),
    confirm: Flags.boolean({ summary: 'Do not ask before changing hosts.' }),
  }

  async run(): Promise<void> {
    const { args, flags: own } = await this.parse(Apply)
    const context = await this.context(own)
    const plan = await readPlan(args.plan, context.environment)
    const { command } = plan
    // Whether it was confirmed when it was made says nothing about now.
    const words = [
      ...plan.words.filter((word) => word !== '--confirm'),
      ...(own.confirm ? ['--confirm'] : []),
    ]
    const applied = { own, context, asked: { command, words, plan } }
    if (command === 'enforcer install linux') return this.#install(applied)
    if (command === 'enforcer upgrade linux') return this.#upgrade(applied)
    if (command === 'enforcer uninstall linux') return this.#uninstall(applied)
    throw new ApoctlError(['APO-INPUT-FILE', `a plan for "${command}" cannot be applied`])
  }

  async #install({ own, context, asked }: Applied): Promise<void> {
    const { flags } = await this.parse({ flags: linuxInstallFlags }, [...asked.words])
    const report = await installOnFleet({ ...asked, flags }, context)
    await this.present({ report, flags: own }, installPresentation)
  }

  async #upgrade({ own, context, asked }: Applied): Promise<void> {
    const { flags } = await this.parse({ flags: linuxUpgradeFlags }, [...asked.words])
    const report = await upgradeFleet({ ...asked, flags }, context)
    await this.present({ report, flags: own }, installPresentation)
  }

  async #uninstall({ own, context, asked }: Applied): Promise<void> {
    const { flags } = await this.parse({ flags: linuxUninstallFlags }, [...asked.words])
    const report = await uninstallFromFleet({ ...asked, flags }, context)
    await this.present({ report, flags: own }, uninstallPresentation)
  }
}

interface Applied {
  readonly own: PresentationFlags
  readonly context: CommandContext
  readonly asked: Omit<AskedChange<never>, 'flags'>
}
