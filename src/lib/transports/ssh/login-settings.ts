import { algorithmsOf } from './algorithms.ts'
import { expandPath } from './config/expand-path.ts'
import type { ResolvedTarget } from './config/resolve-target.ts'
import type { SshContext } from './ssh-context.ts'

export type LoginMethod = 'publickey' | 'keyboard-interactive' | 'password'

/** How to prove who we are. */
export interface LoginSettings {
  /** What may be tried, in order. */
  readonly methods: readonly LoginMethod[]
  /** In order; `required` ones were asked for by name and must exist. */
  readonly identityFiles: readonly { readonly path: string; readonly required: boolean }[]
  /** Certificates named by CertificateFile; when there are any, none beside identity files is looked for. */
  readonly certificateFiles: readonly string[]
  readonly identitiesOnly: boolean
  readonly agentSocket: string | undefined
  /** Signature algorithms that keys may be used with. */
  readonly keyAlgorithms: readonly string[]
  readonly minRsaBits: number
  readonly compression: boolean
  readonly algorithms: LineAlgorithms
}

/** Values of algorithm keywords as they are written; `undefined` stands for the defaults. */
export interface LineAlgorithms {
  readonly kex: string | undefined
  readonly cipher: string | undefined
  readonly mac: string | undefined
}

/** Keys that a finger has to touch (id_ed25519_sk) are nothing for fifty hosts at once. */
const defaultIdentities = ['id_rsa', 'id_ecdsa', 'id_ed25519']
const defaultMethods = 'publickey,keyboard-interactive,password'
export const defaultMinRsaBits = 1024

export function loginSettings(resolved: ResolvedTarget, context: SshContext): LoginSettings {
  const { settings } = resolved
  return {
    methods: methodsOf(resolved),
    ...keyFiles(resolved, context),
    identitiesOnly: settings.flag('identitiesonly') ?? false,
    agentSocket: agentSocket(resolved, context),
    keyAlgorithms: algorithmsOf(settings.word('pubkeyacceptedalgorithms'), 'key'),
    minRsaBits: settings.number('requiredrsasize') ?? defaultMinRsaBits,
    compression: settings.word('compression') === 'yes',
    algorithms: {
      kex: settings.word('kexalgorithms'),
      cipher: settings.word('ciphers'),
      mac: settings.word('macs'),
    },
  }
}

function methodsOf({ settings }: ResolvedTarget): LoginMethod[] {
  const allowed: Readonly<Record<LoginMethod, boolean>> = {
    publickey: settings.word('pubkeyauthentication') !== 'no',
    'keyboard-interactive': settings.flag('kbdinteractiveauthentication') ?? true,
    password: settings.flag('passwordauthentication') ?? true,
  }
  const preferred = (settings.word('preferredauthentications') ?? defaultMethods).split(',')
  const isMethod = (name: string): name is LoginMethod => Object.hasOwn(allowed, name)
  return [...new Set(preferred)].filter(isMethod).filter((name) => allowed[name])
}

function keyFiles(
  resolved: ResolvedTarget,
  context: SshContext,
): Pick<LoginSettings, 'identityFiles' | 'certificateFiles'> {
  const { settings } = resolved
  const path = (written: string, place: string) =>
    expandPath({ written, place }, { resolved, world: context })
  const named = settings.every('identityfile')
  const identityFiles = named
    .filter(({ words: [word = 'none'] }) => word.toLowerCase() !== 'none')
    .map(({ words: [word = ''], place }) => ({ path: path(word, place), required: place === 'the target' }))
  const usual = defaultIdentities.map((name) => ({ path: `${context.home}/.ssh/${name}`, required: false }))
  return {
    identityFiles: named.length > 0 ? identityFiles : usual,
    certificateFiles: settings
      .every('certificatefile')
      .map(({ words: [word = ''], place }) => path(word, place)),
  }
}

/** IdentityAgent is a path, none, or the name of a variable that has the path. */
function agentSocket(resolved: ResolvedTarget, context: SshContext): string | undefined {
  const setting = resolved.settings.at('identityagent')
  if (setting === undefined) return context.agentSocket
  const [written = ''] = setting.words
  const value = expandPath({ written, place: setting.place }, { resolved, world: context })
  if (value === 'SSH_AUTH_SOCK') return context.agentSocket
  if (value === 'none') return undefined
  const [, variable] = /^\$(\w+)$/.exec(value) ?? []
  return variable === undefined ? value : context.environment[variable]
}
