import { ApoctlError } from '../errors/apoctl-error.ts'
import { Secret } from '../secrets/secret.ts'

/** Asks the person at the terminal. Without one, every question is a usage error that names the flag. */
export interface Asker {
  /** True when the person says yes. `flag` is what a script gives instead. */
  confirm(question: Question): Promise<boolean>
  secret(question: Question): Promise<Secret>
  text(question: Question): Promise<string>
  /** Something long that holds a secret and is pasted; asked for until `until` aborts, and then wiped away. */
  pasted(question: Question, until: AbortSignal): Promise<Secret>
}

export interface Question {
  readonly text: string
  /** The flag or environment variable that answers this without asking, e.g. `--confirm`. */
  readonly flag: string
}

export interface AskerOptions {
  readonly interactive: boolean
  readonly signal: AbortSignal
  /** Hears of Ctrl-C at a question, which the prompt takes for itself. */
  readonly onInterrupt: () => void
  /** Keeps the terminal free for a question. */
  readonly during: <Answer>(question: () => Promise<Answer>) => Promise<Answer>
}

function unanswered(question: Question): ApoctlError {
  return new ApoctlError(['APO-INPUT-MISSING', `nobody can be asked "${question.text}"`], {
    hints: [`Give ${question.flag}.`],
  })
}

export function createAsker(options: AskerOptions): Asker {
  const prompt = async (question: InquirerQuestion, until?: AbortSignal): Promise<unknown> => {
    const { default: inquirer } = await import('inquirer')
    const ending =
      until === undefined ? { signal: options.signal } : { signal: until, clearPromptOnDone: true }
    const ask = inquirer.createPromptModule({ output: process.stderr, ...ending })
    try {
      const answers: Record<string, unknown> = await options.during(() =>
        ask([{ ...question, name: 'answer' }]),
      )
      return answers['answer']
    } catch (error) {
      if (error instanceof Error && error.name === 'ExitPromptError') options.onInterrupt()
      throw error
    }
  }
  return {
    async confirm(question) {
      if (!options.interactive) throw unanswered(question)
      return (await prompt({ type: 'confirm', message: question.text, default: false })) === true
    },
    async text(question) {
      if (!options.interactive) throw unanswered(question)
      return String(await prompt({ type: 'input', message: question.text }))
    },
    async secret(question) {
      if (!options.interactive) throw unanswered(question)
      return new Secret(String(await prompt({ type: 'password', message: question.text, mask: '*' })))
    },
    async pasted(question, until) {
      if (!options.interactive) throw unanswered(question)
      return new Secret(
        String(await prompt({ type: 'password', message: question.text, toggleMask: false }, until)),
      )
    },
  }
}

type InquirerQuestion =
  | { readonly type: 'input'; readonly message: string }
  | { readonly type: 'confirm'; readonly message: string; readonly default: boolean }
  | {
      readonly type: 'password'
      readonly message: string
      readonly mask?: string
      readonly toggleMask?: false
    }
