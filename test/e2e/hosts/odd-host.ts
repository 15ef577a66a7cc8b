/** What makes a lab host an odd one, and an ordinary one again. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { E2eHost } from './host.ts'

const clockLibrary = '/usr/lib/lab-clock.so'

/**
 * Has everything that the host starts from now on live at another time, as with a wrong clock: what logins
 * run, and services. libfaketime does it, since a container has the clock of its machine. sshd itself is left
 * alone: what it looks at is not the time of day, and its sandbox minds.
 */
export async function setClock(host: E2eHost, offset: '+2h' | '-2h'): Promise<void> {
  const [library = ''] = execFileSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1'], {
    encoding: 'utf8',
  }).split('\n')
  copyFileSync(library, await pathIn(host, clockLibrary))
  const settings = `LD_PRELOAD=${clockLibrary} FAKETIME=${offset} FAKETIME_DISABLE_SHM=1 NO_FAKE_STAT=1 DONT_FAKE_MONOTONIC=1`
  await host.mustRun(`systemctl set-environment ${settings}`)
  await setSshd(host, `SetEnv ${settings}`)
}

export async function mendClock(host: E2eHost): Promise<void> {
  await host.mustRun('systemctl unset-environment LD_PRELOAD FAKETIME')
  await mendSshd(host)
}

const sshdFile = '/etc/ssh/sshd_config.d/00-odd.conf'
/** sshd is another program after a reload, and nobody listens for a moment. */
const reload = 'systemctl reload ssh.service && sleep 1'

export async function setSshd(host: E2eHost, ...lines: readonly string[]): Promise<void> {
  const words = lines.map((line) => `'${line}'`).join(' ')
  await host.mustRun(`printf '%s\\n' ${words} > ${sshdFile} && sshd -t && ${reload}`)
}

export async function mendSshd(host: E2eHost): Promise<void> {
  await host.mustRun(`rm ${sshdFile} && ${reload}`)
}

/** Gives accounts this machine's own fish or tcsh, with all it is linked to, so that it runs on any release. */
export async function setLoginShell(
  host: E2eHost,
  { shell, users }: { readonly shell: 'fish' | 'tcsh'; readonly users: readonly string[] },
): Promise<void> {
  const folder = '/usr/lib/lab-shell'
  const there = await pathIn(host, folder)
  mkdirSync(there, { recursive: true })
  const binary = execFileSync('sh', ['-c', `readlink -f "$(command -v ${shell})"`], {
    encoding: 'utf8',
  }).trim()
  const linked = execFileSync('ldd', [binary], { encoding: 'utf8' })
  const libraries = [...linked.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path)
  for (const file of [binary, ...libraries]) copyFileSync(file, join(there, basename(file)))
  const loader = basename(libraries.find((path) => /\/ld-linux/.test(path)) ?? '')
  await host.mustRun(
    `printf '#!/bin/sh\\nexec ${folder}/${loader} --library-path ${folder} ${folder}/${basename(binary)} "$@"\\n' > /usr/local/bin/${shell}
chmod 755 /usr/local/bin/${shell}
${users.map((user) => `usermod -s /usr/local/bin/${shell} ${user}`).join('\n')}`,
  )
}

async function pathIn(host: E2eHost, path: string): Promise<string> {
  return `/proc/${await host.initPid()}/root${path}`
}
