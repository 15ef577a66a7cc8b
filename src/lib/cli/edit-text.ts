import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApoctlError } from '../errors/apoctl-error.ts'
import type { CommandContext } from './context.ts'

/**
 * Has a person edit a text in `$VISUAL`, `$EDITOR` or vi, and reads it with `read`. As long as that throws an
 * input error, the editor opens again with the error on top. The file is of mode 0600 in a folder of its own,
 * and gone afterwards. Throws APO-DECLINED when nothing was saved, APO-INPUT-MISSING without a terminal.
 */
export async function editText<Result>(
  edit: { readonly text: string; readonly read: (text: string) => Promise<Result> },
  context: Pick<CommandContext, 'environment' | 'ask' | 'atEnd' | 'interactive'>,
): Promise<Result> {
  if (!context.interactive)
    throw new ApoctlError(['APO-INPUT-MISSING', '--interactive needs a terminal'], {
      hints: ['Give -k, --data or --file.'],
    })
  const folder = await mkdtemp(join(tmpdir(), 'apoctl-edit-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  context.atEnd(remove)
  try {
    return await editUntilRight({ ...edit, file: join(folder, 'object.yaml') }, context)
  } finally {
    await remove()
  }
}

interface Edit<Result> {
  readonly text: string
  readonly file: string
  readonly read: (text: string) => Promise<Result>
}

async function editUntilRight<Result>(
  edit: Edit<Result>,
  context: Pick<CommandContext, 'environment'>,
): Promise<Result> {
  let shown = edit.text
  for (;;) {
    await writeFile(edit.file, shown, { mode: 0o600 })
    await runEditor(edit.file, context)
    const saved = await readFile(edit.file, 'utf8')
    if (saved === shown || withoutComments(saved) === '')
      throw new ApoctlError(['APO-DECLINED', 'nothing was changed: nothing was saved in the editor'])
    try {
      return await edit.read(saved)
    } catch (error) {
      if (!(error instanceof ApoctlError)) throw error
      shown = `${complaint(error)}${saved.replace(complaintForm, '')}`
    }
  }
}

const mark = '#! '
const complaintForm = /^(?:#! .*\n)+/

function complaint(error: ApoctlError): string {
  const lines = [error.message, ...error.hints].flatMap((text) => text.split('\n'))
  return lines.map((line) => `${mark}${line}\n`).join('')
}

function withoutComments(text: string): string {
  return text.replace(/^\s*#.*$/gm, '').trim()
}

/** The editor may be a command with arguments, as `code --wait` is: a shell takes it apart, as git has it done. */
async function runEditor(file: string, { environment }: Pick<CommandContext, 'environment'>): Promise<void> {
  const { VISUAL, EDITOR } = environment.env as Record<'VISUAL' | 'EDITOR', string | undefined>
  const editor = [VISUAL, EDITOR].find((name) => name !== undefined && name !== '') ?? 'vi'
  const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'editor', file], { stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  if (code !== 0)
    throw new ApoctlError(['APO-DECLINED', `nothing was changed: the editor ended with ${String(code)}`], {
      hints: [`The editor is "${editor}", from $VISUAL, $EDITOR or by default.`],
    })
}
