import { expect, test } from 'vitest'
import { requireRoot, requireTools } from '../../../src/lib/lab/machine/tools.ts'
import { scriptedContext } from './scripted-machine.ts'

const all = ['systemd-nspawn', 'mmdebstrap', 'ip', 'ssh-keygen', 'mount', 'unshare', 'nsenter']

test('without root the command to type is shown, and the exit code says denied', () => {
  const context = scriptedContext({ userId: 1000, tools: all })
  expect(() => requireRoot(context, 'lab up')).toThrow(
    expect.objectContaining({ code: 'APO-LAB-PRIVILEGE', exitCode: 3, hints: ['Run: sudo apoctl lab up'] }),
  )
})

test('another operating system is told apart from a missing privilege', () => {
  const context = scriptedContext({ platform: 'darwin', userId: 501, tools: all })
  expect(() => requireRoot(context, 'lab up')).toThrow(expect.objectContaining({ code: 'APO-LAB-PLATFORM' }))
})

test('nothing is run when every tool is there', async () => {
  const context = scriptedContext({ tools: all })
  await requireTools({ install: true }, context)
  expect(context.ran).toEqual([])
})

test('missing tools are named by their packages, with the exact command', async () => {
  const context = scriptedContext({ tools: ['ip', 'ssh-keygen', 'mount', 'unshare', 'nsenter', 'apt-get'] })
  await expect(requireTools({ install: false }, context)).rejects.toMatchObject({
    code: 'APO-LAB-TOOLS',
    hints: [
      'Run: apt-get install --yes --no-install-recommends systemd-container mmdebstrap',
      'Or let apoctl do it: apoctl lab up --install-tools',
    ],
  })
  expect(context.ran).toEqual([])
})

test('a machine without apt-get is not promised that it can be done there', async () => {
  const context = scriptedContext({
    tools: ['ip', 'mount', 'unshare', 'nsenter', 'ssh-keygen', 'mmdebstrap'],
  })
  await expect(requireTools({ install: true }, context)).rejects.toMatchObject({
    hints: ["Install them with this machine's package manager: systemd-container"],
  })
  expect(context.ran).toEqual([])
})

test('missing tools are installed when that was asked for', async () => {
  const tools = all.filter((tool) => tool !== 'mmdebstrap').concat('apt-get')
  const context = scriptedContext({
    tools,
    answers: {
      'apt-get update': {},
      'env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends mmdebstrap': () => {
        tools.push('mmdebstrap')
        return {}
      },
    },
  })
  await requireTools({ install: true }, context)
  expect(context.events.map(({ type }) => type)).toEqual(['started', 'finished'])
})

test('an apt-get that fails is quoted', async () => {
  const context = scriptedContext({
    tools: ['apt-get'],
    answers: { 'apt-get update': { exitCode: 100, stderr: 'x\nE: no such mirror\n' } },
  })
  await expect(requireTools({ install: true }, context)).rejects.toThrow('apt-get failed: E: no such mirror')
})
