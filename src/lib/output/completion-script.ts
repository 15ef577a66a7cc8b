export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

const scripts: Readonly<Record<Shell, string>> = {
  bash: `# apoctl completion for bash: source <(apoctl autocomplete bash)
_apoctl() {
  local IFS=$'\\n'
  # shellcheck disable=SC2207 # one candidate a line, and nothing for the shell to expand
  COMPREPLY=($(apoctl complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _apoctl apoctl`,
  zsh: `#compdef apoctl
# apoctl completion for zsh: source <(apoctl autocomplete zsh), after compinit
_apoctl() {
  local -a candidates
  candidates=("\${(@f)$(apoctl complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "\${candidates[1]}" ]] && compadd -- "\${candidates[@]}" || _files
}
compdef _apoctl apoctl`,
  fish: `# apoctl completion for fish: apoctl autocomplete fish | source
function __apoctl_candidates
  set -l before (commandline -opc)
  apoctl complete -- $before[2..-1] (commandline -ct | string collect --allow-empty) 2>/dev/null
end
complete -c apoctl -a '(__apoctl_candidates)'`,
}

/** A script for a shell that asks \`apoctl complete\` at every press of the key. Ends without a newline. */
export function completionScript(shell: Shell): string {
  return scripts[shell]
}
