/** Where the enforcer lives on a Linux host. Nothing of it is anywhere else, and uninstall proves it. */
export const enforcerPaths = {
  /** One folder per installed version, and the link that says which runs. Root, mode 0755. */
  programs: '/opt/prisma-enforcer',
  /** A relative link to a version's folder, switched by renaming a new link over it. */
  current: '/opt/prisma-enforcer/current',
  /** Configuration, credential and state. Root, mode 0700. */
  data: '/var/lib/prisma-enforcer',
  configuration: '/var/lib/prisma-enforcer/prisma-enforcer.conf',
  /** The enforcer's own app credential; it writes the file itself when it registers with a token. */
  credential: '/var/lib/prisma-enforcer/default.creds',
  /** A folder: what the enforcer remembers between starts. */
  state: '/var/lib/prisma-enforcer/state',
  /** Optional PEM: an authority to trust before there is a credential. ENFORCERD_API_CACERT names it. */
  consoleAuthority: '/var/lib/prisma-enforcer/state/console-ca.pem',
  /** A folder: reports that wait for the Console. */
  spool: '/var/lib/prisma-enforcer/spool',
  unit: '/etc/systemd/system/prisma-enforcer.service',
  modulesLoad: '/etc/modules-load.d/prisma-enforcer.conf',
} as const

export const enforcerServiceName = 'prisma-enforcer.service'

/** The folder of one version. */
export function enforcerProgramFolder(version: string): string {
  return `${enforcerPaths.programs}/${version}`
}

/** Files inside a version's folder; the layers of the bundle unpack to exactly these. */
export const enforcerProgramFiles = {
  /** Copied there last by install: a folder without it is half-unpacked. */
  manifest: 'manifest.json',
  node: 'runtime/node',
  script: 'app/enforcer.cjs',
  /** The unit and the modules-load file, to be copied to their places under /etc. */
  unit: 'app/prisma-enforcer.service',
  modulesLoad: 'app/prisma-enforcer.modules-load.conf',
} as const

/** Keys of prisma-enforcer.conf that this enforcer understands; others are kept and ignored. */
export const enforcerConfigurationKeys = {
  api: 'ENFORCERD_API',
  apiAuthority: 'ENFORCERD_API_CACERT',
  apiSkipVerify: 'ENFORCERD_API_SKIP_VERIFY',
  namespace: 'ENFORCERD_NAMESPACE',
  token: 'ENFORCERD_TOKEN',
  appCredential: 'ENFORCERD_APPCREDS',
  persistCredentials: 'ENFORCERD_PERSIST_CREDENTIALS',
  hostMode: 'ENFORCERD_ENABLE_HOST_MODE',
  logLevel: 'ENFORCERD_LOG_LEVEL',
  logFormat: 'ENFORCERD_LOG_FORMAT',
  workingFolder: 'ENFORCERD_WORKING_DIR',
  pokeInterval: 'ENFORCERD_POKE_INTERVAL',
  /** Flags as for `--raw-flags`; they win over the keys above. */
  options: 'ENFORCERD_OPTS',
} as const
