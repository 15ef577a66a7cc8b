import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { printAppCredentialFile } from '../../../../src/contract/app-credential-file.ts'
import { readCurrentProfile } from '../../../../src/lib/credentials/profiles/current-profile.ts'
import { listProfiles } from '../../../../src/lib/credentials/profiles/list-profiles.ts'
import type { ProfilePlace } from '../../../../src/lib/credentials/profiles/profile.ts'
import { useProfile } from '../../../../src/lib/credentials/profiles/use-profile.ts'
import { writeOwnProfile, writeProfile } from '../../../../src/lib/credentials/profiles/write-profile.ts'
import { profileListPresentation } from '../../../../src/lib/output/views/profile-list-view.ts'
import { createTheme } from '../../../../src/lib/output/terminal.ts'

let home: string
let place: ProfilePlace
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apoctl-profiles-'))
  place = { home, dataDir: join(home, '.apoctl'), workingDir: home }
})
afterEach(() => rmSync(home, { recursive: true }))

const put = (name: string, text: string): void => {
  mkdirSync(place.dataDir, { recursive: true })
  writeFileSync(join(place.dataDir, name), text, { mode: 0o600 })
}
const pem = (label: string): string => `-----BEGIN ${label}-----\nMA==\n-----END ${label}-----\n`
const { certificateKey, ...inFile } = {
  apiUrl: 'https://c:4443',
  id: '1',
  name: 'ann',
  namespace: '/michel',
  certificate: pem('CERTIFICATE'),
  certificateKey: pem('PRIVATE KEY'),
  certificateAuthority: pem('CERTIFICATE'),
}
const credential = printAppCredentialFile({ ...inFile, certificateKey })

describe('listing profiles', () => {
  it('finds none where there is no folder', async () => {
    expect(await listProfiles({ selectedName: undefined }, place)).toEqual({ profiles: [] })
  })

  it('shows the current one, the selected one, and what the credential adds', async () => {
    put('internal.yaml', 'api: https://i\ncreds: ~/.apoctl/internal.creds\n')
    put('internal.creds', credential)
    put('saas.yaml', 'api: https://s\nnamespace: /jean\ncreds: ~/.apoctl/saas.creds\n')
    put('saas.creds', printAppCredentialFile({ ...inFile, keyringAccount: 'saas-1' }))
    put('token.yaml', 'api: https://t\nnamespace: /ann\ntoken: abc\n')
    put('bare.yaml', 'api: https://b\nnamespace: /bob\n')
    put('current-profile', 'internal\n')
    const list = await listProfiles({ selectedName: 'saas' }, place)
    const theme = await createTheme({ isTty: false, columns: undefined, env: {} })
    expect(profileListPresentation.views.table(list, theme).split('\n')).toEqual([
      'CURRENT  NAME      API        NAMESPACE          APPCRED  SECRET',
      '         bare      https://b  /bob               false    none',
      '*        internal  https://i  /michel (appcred)  true     file',
      '>        saas      https://s  /jean              true     keyring',
      '         token     https://t  /ann               false    file',
    ])
  })

  it('lists a broken one too, and says what is wrong', async () => {
    put('broken.yaml', 'nmespace: /a\n')
    put('open.yaml', 'api: https://o\ncreds: open.creds\n')
    writeFileSync(join(home, 'open.creds'), credential)
    chmodSync(join(home, 'open.creds'), 0o644)
    const { profiles } = await listProfiles({ selectedName: undefined }, place)
    expect(profiles.map(({ name, problem }) => [name, problem])).toEqual([
      ['broken', expect.stringContaining('broken.yaml:1: "nmespace" is not a setting')],
      ['open', `${join(home, 'open.creds')}: exposed`],
    ])
  })
})

describe('using a profile', () => {
  it('remembers it, for nobody else to read', async () => {
    put('preprod.yaml', '')
    expect(await useProfile({ name: 'preprod', selectedName: undefined }, place)).toEqual({
      current: 'preprod',
    })
    expect(await readCurrentProfile(place.dataDir)).toBe('preprod')
    expect(statSync(join(place.dataDir, 'current-profile')).mode & 0o777).toBe(0o600)
  })

  it('says when the shell overrides it', async () => {
    put('preprod.yaml', '')
    const choice = await useProfile({ name: 'preprod', selectedName: 'saas' }, place)
    expect(choice).toEqual({ current: 'preprod', overriddenBy: 'saas' })
  })

  it('refuses one there is not, and names those there are', async () => {
    put('a.yaml', '')
    put('b.yaml', '')
    await expect(useProfile({ name: 'c', selectedName: undefined }, place)).rejects.toMatchObject({
      code: 'APO-INPUT-VALUE',
      message: 'there is no profile "c"',
      hints: ['There are a, b.'],
    })
    expect(await readCurrentProfile(place.dataDir)).toBe('default')
  })
})

describe('writing a profile', () => {
  it('makes the folder and the file for their owner alone', async () => {
    await writeProfile({ name: 'x', settings: { api: 'https://c' }, heading: '# x' }, place.dataDir)
    expect(readFileSync(join(place.dataDir, 'x.yaml'), 'utf8')).toBe('# x\napi: https://c\n')
    expect(statSync(place.dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(join(place.dataDir, 'x.yaml')).mode & 0o777).toBe(0o600)
  })

  it('leaves alone what somebody made their own', async () => {
    put('local.yaml', 'api: https://mine\n')
    const written = await writeOwnProfile({ name: 'local', settings: { api: 'https://c' } }, place.dataDir)
    expect(written.isOurs).toBe(false)
    expect(readFileSync(join(place.dataDir, 'local.yaml'), 'utf8')).toBe('api: https://mine\n')
  })
})
