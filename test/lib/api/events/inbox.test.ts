import { describe, expect, it } from 'vitest'
import { createInbox } from '../../../../src/lib/api/events/inbox.ts'

function scene() {
  const said: string[] = []
  const inbox = createInbox<number>({ pause: () => said.push('pause'), resume: () => said.push('resume') })
  return { said, inbox }
}

describe('an inbox', () => {
  it('gives what came, in order, and then ends', async () => {
    const { inbox } = scene()
    for (const item of [1, 2, 3]) inbox.put(item)
    inbox.end()
    const got: number[] = []
    for await (const item of inbox.items()) got.push(item)
    expect(got).toEqual([1, 2, 3])
  })

  it('has its source wait while the reader is behind, and go on when it is not', async () => {
    const { inbox, said } = scene()
    for (let item = 0; item < 300; item += 1) inbox.put(item)
    expect(said).toEqual(['pause'])
    const reader = inbox.items()
    for (let item = 0; item < 300; item += 1) expect((await reader.next()).value).toBe(item)
    const next = reader.next()
    expect(said).toEqual(['pause', 'resume'])
    inbox.put(300)
    expect((await next).value).toBe(300)
  })

  it('gives an error after what came before it', async () => {
    const { inbox } = scene()
    inbox.put(1)
    inbox.end(new Error('broken'))
    const reader = inbox.items()
    expect((await reader.next()).value).toBe(1)
    await expect(reader.next()).rejects.toThrow('broken')
  })
})
