import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'

/** What a run knows of the world around it; the only code that reads the environment builds this. */
export interface RunEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** `~/.apoctl`: profiles, credentials, lab hosts, journals. */
  readonly dataDir: string
  /** `~/.cache/apoctl`: what can be made again. */
  readonly cacheDir: string
  readonly workingDir: string
  /** Where apoctl is installed: the folder of its package.json. */
  readonly programFolder: string
  readonly isRoot: boolean
  /** The account this process runs as, whatever the variables say. */
  readonly user: string
}

export function readRunEnvironment(programFolder: string): RunEnvironment {
  const { env } = process
  const home = env['HOME'] ?? homedir()
  return {
    env,
    home,
    dataDir: env['APOCTL_HOME'] ?? join(home, '.apoctl'),
    cacheDir: join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'apoctl'),
    workingDir: process.cwd(),
    programFolder,
    isRoot: process.getuid?.() === 0,
    user: accountName() ?? env['USER'] ?? env['LOGNAME'] ?? 'root',
  }
}

/** There is none in containers that run under a number alone. */
function accountName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}
