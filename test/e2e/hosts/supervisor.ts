import { readFile } from 'node:fs/promises'

/** The process on the machine that holds a host's disk: the systemd-nspawn that its first process is a child of. */
export async function supervisorOf(initPid: number): Promise<number> {
  const status = await readFile(`/proc/${initPid}/status`, 'utf8')
  const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1])
  const name = await readFile(`/proc/${parent}/comm`, 'utf8')
  if (name.trim() !== 'systemd-nspawn') throw new Error(`the parent of ${initPid} is ${name.trim()}`)
  return parent
}
