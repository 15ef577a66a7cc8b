/** Part of a script: the proxies of /etc/environment, where no login put them into the environment. */
export const hostProxies = `if [ -r /etc/environment ]; then
  while IFS='=' read -r name value; do
    name=\${name#export }
    case $name in http_proxy|https_proxy|no_proxy|all_proxy|HTTPS_PROXY|NO_PROXY|ALL_PROXY) ;; *) continue ;; esac
    value=\${value#[\\"\\']}
    value=\${value%[\\"\\']}
    eval "known=\\\${$name:-}"
    [ -n "$known" ] || export "$name=$value"
  done < /etc/environment
fi`
