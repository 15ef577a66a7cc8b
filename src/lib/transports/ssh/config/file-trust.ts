import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const lookupMs = 5000

/** Who owns a file and who may write it. */
export interface FileRights {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

/**
 * Whether nobody but root and the user could have written a file. A group may write it when the user is
 * its only member: Debian and Ubuntu give everybody a group of their own and let it write, and their
 * build of ssh accepts that.
 */
export async function isSafeToTrust(file: FileRights, userId: number): Promise<boolean> {
  if (file.uid !== 0 && file.uid !== userId) return false
  if ((file.mode & 0o002) !== 0) return false
  return (file.mode & 0o020) === 0 || isAlone(file.gid, userId)
}

async function isAlone(groupId: number, userId: number): Promise<boolean> {
  const [groups, accounts] = await Promise.all([lookUp('group', [String(groupId)]), lookUp('passwd', [])])
  const [members = ''] = groups.map(([, , , names]) => names ?? '')
  const primary = accounts.filter(([, , , gid]) => gid === String(groupId))
  const owner = accounts.find(([, , uid]) => uid === String(userId))?.[0]
  const named = members.split(',').filter((name) => name !== '')
  if (groups.length === 0 || primary.some(([, , uid]) => uid !== String(userId))) return false
  return named.every((name) => name === owner) && primary.length + named.length > 0
}

/** Lines of the account databases, wherever they are kept; none where `getent` is missing. */
async function lookUp(database: string, keys: readonly string[]): Promise<string[][]> {
  try {
    const run = promisify(execFile)
    const { stdout } = await run('getent', [database, ...keys], { timeout: lookupMs })
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
