# Sourced by scripts of a cloud's roles. Packages bring services that would start before anybody has configured them: while
# packages are installed here, none is started.
export PYTHONPATH=/usr/lib/anneal/openstack PYTHONDONTWRITEBYTECODE=1

# Installs packages that are not here. The one thing that asks a mirror.
install_packages() {
  local missing=() name
  for name; do
    if command -v dpkg-query >/dev/null; then
      [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    else
      rpm --query --quiet "$name" || missing+=("$name")
    fi
  done
  if [ ${#missing[@]} -eq 0 ]; then
    echo "all packages are here: $*"
    return 0
  fi
  echo "installing ${missing[*]}"
  (
    # A run keeps what it writes to itself; packages are for all.
    umask 022
    if command -v apt-get >/dev/null; then
      anneal_without_starting
      anneal_without_compiling
      # What an install that was cut short has left.
      if [ -n "$(dpkg --audit)" ]; then dpkg --configure --pending --force-confold; fi
      apt-get --quiet --quiet --yes --no-install-recommends \
        -o Dpkg::Use-Pty=0 -o "DPkg::Path=$PATH" -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef \
        install "${missing[@]}" </dev/null || exit 1
      python3 /usr/lib/anneal/openstack/compile.py "$later/packages"
    else
      # dnf starts nothing by itself.
      dnf --quiet --assumeyes --setopt=install_weak_deps=False install "${missing[@]}" </dev/null
    fi
  ) || {
    echo "these packages cannot be installed: ${missing[*]}; see above, and openstack-package-proxy" >&2
    return 1
  }
}

# The packages that the role's names.json names for this system.
install_role_packages() {
  local list
  list=$(python3 -c 'import anneal_cloud; print(" ".join(anneal_cloud.names()["packages"]))')
  # shellcheck disable=SC2086 # a list of names
  install_packages $list
}

# Debian asks this file before a package starts anything; 101 is "do not" (invoke-rc.d, policy layer).
anneal_without_starting() {
  local file=/usr/sbin/policy-rc.d mark='# While Anneal installs.'
  trap anneal_clean_up EXIT
  if [ -e $file ] && ! grep --quiet --fixed-strings "$mark" $file; then return; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >$file
  chmod 755 $file
  policy=$file
}

anneal_clean_up() {
  rm -rf ${policy:+"$policy"} ${later:+"$later"}
}

# Each package with modules of Python has them compiled as it is installed: an interpreter is started for each, one after the
# other. While packages are installed here that is put off, and done for all of them at the end, on all processors.
anneal_without_compiling() {
  # Not below /tmp, from which some systems start no programs.
  later=$(mktemp --directory /usr/lib/anneal/later.XXXXXX)
  chmod 755 "$later"
  : >"$later/packages"
  cat >"$later/py3compile" <<END
#!/bin/sh
if [ \$# = 2 ] && [ "\$1" = -p ]; then
  echo "\$2" >>"$later/packages"
  exit 0
fi
exec /usr/bin/py3compile "\$@"
END
  chmod 755 "$later/py3compile"
  PATH=$later:$PATH
}
