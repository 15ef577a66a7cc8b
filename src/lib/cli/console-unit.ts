import type { RunEnvironment } from './run-environment.ts'

export interface ConsoleUnitOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly dataDir: string
  readonly publicUrl: string | undefined
  /** Further words of its command line. */
  readonly words: readonly string[]
}

/** A systemd unit that runs the Console with the same flags, as the same account, and little else allowed. */
export function consoleUnit(options: ConsoleUnitOptions, environment: RunEnvironment): string {
  const command = serveCommand(options, environment)
  return `[Unit]
Description=Embedded Microsegmentation Console of apoctl
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${command.map(unitWord).join(' ')}
Environment=APOCTL_HOME=${unitWord(environment.dataDir)}
User=${environment.user}
Restart=always
RestartSec=2
TimeoutStopSec=30
# Stopped by SIGTERM, apoctl exits 143, as its table of exit codes says.
SuccessExitStatus=143
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=${unitWord(environment.dataDir)} ${unitWord(options.dataDir)}
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
UMask=0077
# A connection is a file; the usual limit is 16,384 of them.
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target`
}

function serveCommand(
  { listen, dataDir, publicUrl, words }: ConsoleUnitOptions,
  environment: RunEnvironment,
): string[] {
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  const program = [process.execPath, `${environment.programFolder}/bin/run.js`, 'console', 'serve']
  const address = publicUrl === undefined ? [] : ['--public-url', publicUrl]
  return [...program, '--listen', `${host}:${listen.port}`, '--data-dir', dataDir, ...address, ...words]
}

/** As systemd reads words: percent and dollar doubled, quotes around what is not plain. */
function unitWord(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replace(/["\\]/g, '\\$&')}"`
}
