import {
  enforcerConfigurationKeys,
  enforcerPaths,
  enforcerServiceName,
} from '../../../contract/enforcer-paths.ts'

/**
 * What the steps of a script lean on. `bearer` ends without a line break: the piece behind it begins with
 * the one that ends the line of the header.
 */
export const scriptFunctions = `
say() { printf '%s\\n' "- $*" >&2; }
fail() { printf '%s\\n' "error: $1" >&2; exit "\${2:-1}"; }
payload() { tail -n +"$(awk -v mark="$payload_mark" '$0 == mark { print NR + 1; exit }' "$self")" "$self"; }
piece() { payload | tail -c +"$(($1 + 1))" | head -c "$2"; }
bearer() { printf 'Authorization: Bearer %s' "$ENFORCERD_TOKEN"; }
give_up() {
  trap - HUP INT TERM
  say "failed: $1; bringing the host back to what it was"
  eval "$undo"
  printf '%s\\n' "error: prisma-enforcer was not installed, this failed: $1" >&2
  exit 1
}
add_token() {
  (umask 077; printf '${enforcerConfigurationKeys.token}="%s"\\n' "$ENFORCERD_TOKEN" >> ${enforcerPaths.configuration})
}
await_registration() {
  say 'wait until the enforcer is registered'
  left=$1
  while [ ! -s ${enforcerPaths.credential} ]; do
    left=$((left - 1))
    if [ "$left" -lt 0 ]; then
      journalctl --unit ${enforcerServiceName} --lines 3 --output cat --no-pager >&2 2>/dev/null || :
      return 1
    fi
    sleep 1
  done
}
`
