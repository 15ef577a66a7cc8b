import { readFile } from 'node:fs/promises'

/**
 * The scripts that run around a change of the package. Both kinds of package share what they do, in
 * packaging/enforcer/package.sh; they differ in how they are told what is going on.
 */
export async function scriptlets() {
  const shared = await readFile('packaging/enforcer/package.sh', 'utf8')
  const script = (body) => `${shared}\n${body}\n`
  return {
    deb: Object.fromEntries(
      Object.entries(debBodies).map(([name, body]) => [name, `#!/bin/sh\n${script(body)}`]),
    ),
    rpm: Object.fromEntries(Object.entries(rpmBodies).map(([name, body]) => [name, script(body)])),
  }
}

/** dpkg says the action, and for changes of the version the other version. */
const debBodies = {
  preinst: `case $1 in
  install) refuse_copied ;;
esac`,
  postinst: `case $1 in
  configure)
    make_folders
    read_units
    if [ -n "\${2:-}" ]; then restart_running; fi
    ;;
esac`,
  prerm: `case $1 in
  remove) stop_service ;;
esac`,
  postrm: `case $1 in
  remove) keep_opt; read_units ;;
  purge) forget_all; keep_opt; read_units ;;
esac`,
}

/** rpm says how many of the package there will be afterwards. It knows no purge: what the enforcer wrote stays. */
const rpmBodies = {
  pre: `if [ "$1" -eq 1 ]; then refuse_copied; fi`,
  post: `make_folders
read_units
if [ "$1" -gt 1 ]; then restart_running; fi`,
  preun: `if [ "$1" -eq 0 ]; then stop_service; fi`,
  postun: `read_units`,
}
