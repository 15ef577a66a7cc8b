/** What a systemd unit for the Console needs to know; all paths absolute. */
export interface ServiceUnitOptions {
  readonly node: string
  readonly program: string
  readonly listen: string
  readonly dataDir: string
  readonly publicUrl?: string | undefined
}

/** The text of a unit that runs this Console as the user who prints it. */
export function printServiceUnit(options: ServiceUnitOptions): string {
  const { node, program, listen, dataDir, publicUrl } = options
  const words = [node, program, 'console', 'serve', '--listen', listen, '--data-dir', dataDir]
  const command = [...words, ...(publicUrl === undefined ? [] : ['--public-url', publicUrl])]
    .map(quote)
    .join(' ')
  return `[Unit]
Description=Microsegmentation Console (apoctl)
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${command}
Restart=always
RestartSec=2
# Stopped by SIGTERM it ends with 143, as every apoctl command does.
SuccessExitStatus=143
TimeoutStopSec=20
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths=${quote(dataDir)}
UMask=0077
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target`
}

/** As systemd reads words: quotes around, backslashes and quotes escaped, percent and dollar doubled. */
function quote(word: string): string {
  const escaped = word.replace(/%/g, '%%').replace(/\$/g, '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(escaped) ? escaped : `"${escaped.replace(/["\\]/g, '\\$&')}"`
}
