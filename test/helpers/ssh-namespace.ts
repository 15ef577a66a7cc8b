/**
 * Asks apoctl and the real ssh about hosts on a machine that the test makes up: its own home of root, its
 * own /etc/ssh, its own names. A mount and a network namespace, which end with the process.
 */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Zone } from './name-server.ts'
import type { Printed } from './ssh-prints.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface MadeUpMachine {
  /** Files below /root and /etc/ssh by their whole path; a mode where it matters. */
  readonly files: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>
  readonly names?: Zone
  readonly hosts: readonly string[]
}

export interface BothAnswers {
  readonly host: string
  readonly ours: Printed
  readonly real: Printed
}

/** The answers of both about each host; `refused` stands for the message of one that refuses. */
export async function bothAnswersOn(machine: MadeUpMachine): Promise<BothAnswers[]> {
  const directory = temporaryFolder('machine')
  for (const place of ['root/.ssh', 'etc/ssh']) mkdirSync(join(directory, place), { recursive: true })
  for (const [path, file] of Object.entries(machine.files)) {
    const { text, mode } = typeof file === 'string' ? { text: file, mode: 0o600 } : file
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
    chmodSync(join(directory, path), mode)
  }
  writeFileSync(join(directory, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
  writeFileSync(join(directory, 'machine.json'), JSON.stringify(machine))
  const script = [
    'ip link set lo up',
    `mount --bind ${directory}/root /root`,
    `mount --bind ${directory}/etc/ssh /etc/ssh`,
    `mount --bind ${directory}/resolv.conf /etc/resolv.conf`,
    `exec node --import tsx ${join(import.meta.dirname, 'ssh-namespace-answers.ts')} ${directory}/machine.json`,
  ].join(' && ')
  const { stdout } = await promisify(execFile)('unshare', ['--mount', '--net', 'sh', '-c', script], {
    timeout: 60_000,
  })
  return JSON.parse(stdout) as BothAnswers[]
}
