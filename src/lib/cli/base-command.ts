import { Command, type Interfaces } from '@oclif/core'
import { exitCode, type ExitCode } from '../errors/exit-code.ts'
import { objectFormat, type AskedForm, type ObjectLayout } from '../output/objects/object-format.ts'
import type { OutputFormat, Presentation } from '../output/presentation.ts'
import type { ShownObjects } from '../queries/shown-objects.ts'
import { gatherWords, type GatheredWords } from './gather-words.ts'
import type { CommandContext, ContextFlags } from './context.ts'
import { effectiveWords } from './effective-words.ts'
import { createContext } from './create-context.ts'
import type { RunWorld } from './run-world.ts'
import { spellOut } from './spell-out.ts'
import { toApoctlError } from './to-apoctl-error.ts'
import { wantsJson } from './wants-json.ts'

/** The framework's configuration, carrying what `main` built. */
export type FrameworkConfig = ConstructorParameters<typeof Command>[1] & { readonly world: RunWorld }

/** What `outputFlags` gives every command. */
export interface PresentationFlags extends ContextFlags {
  readonly output?: OutputFormat | undefined
  readonly json: boolean
}

/**
 * What every command of apoctl is: it parses, acts, presents. The outcome of a run is kept here as
 * an exit code, so that it is the same with and without `--json`; `main` alone ends the process.
 */
export abstract class ApoctlCommand extends Command {
  outcome: ExitCode = exitCode.ok
  /** The error format to use once the flags are known. */
  asJson = false
  /** Whether the causes of an error are to be shown. */
  verbosely = false
  readonly #world: RunWorld
  #words: readonly string[] = []
  #originsOf: GatheredWords['originsOf'] = () => []
  #isTyped: GatheredWords['isTyped'] = () => false

  constructor(argv: string[], config: FrameworkConfig) {
    super(argv, config)
    this.#world = config.world
  }

  abstract override run(): Promise<void>

  /** Parses with what the environment and the profile add; see settings.ts for the order. */
  protected override async parse<
    F extends Interfaces.OutputFlags<F>,
    B extends Interfaces.OutputFlags<B>,
    A extends Interfaces.OutputArgs<A>,
  >(
    options?: Interfaces.Input<F, B, A>,
    typed: string[] = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const definitions = options?.flags ?? {}
    const argv = spellOut(typed, definitions)
    // How this command speaks is not for words of another one to say.
    const isOwn = typed === this.argv
    if (isOwn) this.asJson = wantsJson(argv)
    const line = await gatherWords({ argv, definitions }, this.#world)
    const { words } = line
    this.#originsOf = line.originsOf
    this.#isTyped = line.isTyped
    if (isOwn) {
      this.asJson = wantsJson(words)
      this.verbosely = words.includes('--verbose')
    }
    try {
      const output = await super.parse(options, words)
      this.#words = effectiveWords(output.raw, definitions)
      return { ...output, flags: withFalse(output.flags, definitions) }
    } catch (error) {
      throw line.blame(toApoctlError(error))
    }
  }

  /** What was asked for, once it was parsed, as a journal keeps it. */
  protected asAsked(): { readonly command: string; readonly words: readonly string[] } {
    return { command: this.#world.command, words: this.#words }
  }

  /** Where settings of this run have their values from; of a run that was parsed. */
  protected originsOf(names: readonly string[]): ReturnType<GatheredWords['originsOf']> {
    return this.#originsOf(names)
  }

  /** Which of these flags were typed: not those that the environment or a profile gives to all commands. */
  protected typed(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.#isTyped(name))
  }

  protected context(flags: ContextFlags): Promise<CommandContext> {
    return createContext(flags, this.#world)
  }

  /** Shows a report in the asked format and takes the outcome from it. */
  protected async present<Report extends object>(
    shown: { readonly report: Report; readonly flags: PresentationFlags },
    presentation: Presentation<Report>,
  ): Promise<void> {
    const format = shown.flags.json ? 'json' : (shown.flags.output ?? 'table')
    await this.#world.window.show({ report: shown.report, presentation, format })
    this.outcome = presentation.exitCode(shown.report)
  }

  /** Shows objects of the Console, as they come, and takes the outcome from what was done to them. */
  protected async presentObjects(
    objects: ShownObjects & { readonly outcome?: () => ExitCode },
    how: { readonly flags: ContextFlags & AskedForm; readonly layout: ObjectLayout },
  ): Promise<void> {
    const { flags, layout } = how
    await this.#world.window.showObjects({ objects, format: objectFormat(flags), layout, jq: flags.jq })
    this.outcome = objects.outcome?.() ?? exitCode.ok
  }
}

/** A switch that was not given is off: the framework leaves it undefined, whatever its type says. */
function withFalse<Flags extends object>(
  flags: Flags,
  definitions: Readonly<Record<string, { readonly type: string }>>,
): Flags {
  const switches = Object.entries(definitions).filter(([, { type }]) => type === 'boolean')
  return { ...Object.fromEntries(switches.map(([name]) => [name, false])), ...flags }
}
