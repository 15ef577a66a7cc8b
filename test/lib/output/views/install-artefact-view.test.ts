import { describe, expect, it } from 'vitest'
import type { InstallArtefactReport } from '../../../../src/lib/install/render/render-install.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'
import { installArtefactPresentation } from '../../../../src/lib/output/views/install-artefact-view.ts'

const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
const report = {
  engine: 'cloud-init' as const,
  files: [{ file: 'out/cloud-init.yaml', sizeBytes: 12_288, isSecret: true }],
  version: '1.2.3',
  console: 'https://c:4443',
  namespace: '/acme',
  next: ['aws ec2 run-instances'],
} satisfies InstallArtefactReport

describe('what was written for an engine', () => {
  it('is listed with sizes, with what is secret about it and until when, and what to type next', () => {
    const secret = { ...report, tokenExpiresAt: '2026-01-01T00:00:00.000Z' }
    expect(installArtefactPresentation.views.table(secret, theme)).toBe(
      [
        'Wrote the installation of prisma-enforcer 1.2.3 in /acme for cloud-init:',
        '  out/cloud-init.yaml (12.0 KiB, secret: mode 0600)',
        'It carries a token that is good for registering enforcers in /acme, until 2026-01-01T00:00:00.000Z.',
        'Whoever may read the user data of a machine can use it as long.',
        'Next:',
        '  aws ec2 run-instances',
      ].join('\n'),
    )
  })

  it('says nothing of tokens where there is none, and gives the size of a whole package in MiB', () => {
    const files = [{ file: 'installenforcer.sh', sizeBytes: 46_137_344, isSecret: false }]
    const shown = installArtefactPresentation.views.table({ ...report, engine: 'script', files }, theme)
    expect(shown).toContain('in /acme as a script:\n  installenforcer.sh (44.0 MiB)\nNext:')
  })
})
