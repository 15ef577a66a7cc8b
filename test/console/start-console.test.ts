import { afterAll, beforeAll, expect, it } from 'vitest'
import { callConsole, issueTestToken, startTestConsole, type TestConsole } from '../helpers/console.ts'

let running: TestConsole
beforeAll(async () => {
  running = await startTestConsole()
})
afterAll(() => running.close())

it('lets the administrator in', async () => {
  const token = await issueTestToken(running, { credential: running.adminCredential })
  const answer = await callConsole(running, { path: '/namespaces', token, namespace: '/' })
  expect(answer.body).toEqual([])
  const made = await callConsole(running, {
    method: 'POST',
    path: '/namespaces',
    token,
    namespace: '/',
    body: { name: 'a' },
  })
  expect(made.body).toMatchObject({ name: '/a', namespace: '/' })
  const list = await callConsole(running, {
    path: '/v/1/namespaces?q=name%20matches%20%22^/a%22',
    token,
    namespace: '/',
  })
  expect(list.body).toMatchObject([{ name: '/a' }])
  expect(running.notes).toEqual([expect.objectContaining({ type: 'certificate-renewed' })])
})
