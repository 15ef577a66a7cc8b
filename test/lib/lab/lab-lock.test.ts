import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { withLabLock } from '../../../src/lib/lab/lab-lock.ts'
import { scriptedContext } from './scripted-machine.ts'

const lockOf = (directory: string, waitMs: number) => ({
  directory,
  purpose: 'changes the lab',
  waitMs,
  context: scriptedContext({ tools: [] }),
})

test('only one run at a time holds a lock; the next one waits for it', async () => {
  const directory = `/test/${process.pid}/one`
  const order: string[] = []
  const hold = (name: string) =>
    withLabLock(lockOf(directory, 5000), async () => {
      order.push(`${name} in`)
      await new Promise((resolve) => setTimeout(resolve, 50))
      order.push(`${name} out`)
    })
  await Promise.all([hold('a'), hold('b')])
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out'])
})

test('who waits too long is told that another run is at it', async () => {
  const directory = `/test/${process.pid}/two`
  await withLabLock(lockOf(directory, 0), async () => {
    await expect(withLabLock(lockOf(directory, 0), () => Promise.resolve())).rejects.toMatchObject({
      code: 'APO-LAB-BUSY',
    })
  })
})

test('a lock whose holder was killed is free', async () => {
  const directory = `/test/${process.pid}/three`
  const name = `apoctl-lab-${createHash('sha256').update(directory).digest('hex').slice(0, 32)}`
  const holder = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen('\\0${name}', () => console.log('held'))`,
  ])
  await once(holder.stdout, 'data')
  await expect(withLabLock(lockOf(directory, 0), () => Promise.resolve())).rejects.toMatchObject({
    code: 'APO-LAB-BUSY',
  })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(await withLabLock(lockOf(directory, 1000), () => Promise.resolve('mine'))).toBe('mine')
})
