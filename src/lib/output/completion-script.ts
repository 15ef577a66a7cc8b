export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

/*
 * A shell gives the line in words, as they were typed, quotes and all; a candidate comes back as it is, and the
 * shell quotes it. bash does neither: it takes words apart at : and =, and puts in what it is given.
 */
const scripts: Readonly<Record<Shell, string>> = {
  bash: `# apoctl completion for bash: source <(apoctl autocomplete bash)
_apoctl() {
  local rest="\${COMP_LINE:0:COMP_POINT}" i word candidate count=0
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $count -gt 0 && -n $rest && $rest != [[:space:]]* ]]; then
      words[count - 1]+=$word
    else
      words[count++]=$word
      rest=\${rest#"\${rest%%[![:space:]]*}"}
    fi
    rest=\${rest#"$word"}
  done
  local current=\${words[count - 1]} quote=
  [[ $current == [\\'\\"]* ]] && quote=\${current:0:1}
  # Up to here readline leaves the word as it is.
  local kept=
  [[ -z $quote && $COMP_WORDBREAKS == *:* ]] && kept=\${current%"\${current##*[:=]}"}
  for ((i = 0; i < count; i++)); do
    word=\${words[i]#[\\'\\"]}
    ((i < count - 1)) && word=\${word%[\\'\\"]}
    words[i]=\${word//\\\\/}
  done
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ -n $candidate ]] || continue
    candidate=\${candidate#"\${kept//\\\\/}"}
    [[ -n $quote ]] || printf -v candidate %q "$candidate"
    COMPREPLY+=("$candidate")
  done < <(apoctl complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _apoctl apoctl`,
  zsh: `#compdef apoctl
# apoctl completion for zsh: source <(apoctl autocomplete zsh), after compinit
_apoctl() {
  local -a candidates
  candidates=("\${(@f)$(apoctl complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  [[ -n "\${candidates[1]}" ]] && compadd -- "\${candidates[@]}" || _files
}
compdef _apoctl apoctl`,
  fish: `# apoctl completion for fish: apoctl autocomplete fish | source
function __apoctl_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct | string unescape | string collect --allow-empty)
  set -g __apoctl_candidates (apoctl complete -- $before[2..-1] "$current" 2>/dev/null)
  test (count $__apoctl_candidates) -gt 0
end
# Files where there is nothing else.
complete -c apoctl -n __apoctl_complete -f -a '$__apoctl_candidates'`,
}

/** A script for a shell that asks \`apoctl complete\` at every press of the key. Ends without a newline. */
export function completionScript(shell: Shell): string {
  return scripts[shell]
}
