# The node's way to packages: the given proxy, or none, and lists that are not older than they should be.
proxy=$(read_attribute openstack-package-proxy)
changed=no

put() {
  if [ "$2" = "$(cat "$1" 2>/dev/null)" ]; then return; fi
  printf '%s\n' "$2" >"$1.new"
  chmod 644 "$1.new"
  mv "$1.new" "$1"
  changed=yes
}

if command -v apt-get >/dev/null; then
  file=/etc/apt/apt.conf.d/30anneal
  text='// Written by Anneal (role openstack-base); changes by hand do not last.
Acquire::Retries "3";
Acquire::Languages "none";
DPkg::Lock::Timeout "120";'
  if [ -n "$proxy" ]; then text+="
Acquire::http::Proxy \"$proxy\";"; fi
  put $file "$text"
  lists=/var/lib/apt/lists
  # A list of yesterday may name packages that the mirror no longer has.
  if [ $changed = yes ] || [ -z "$(find $lists -maxdepth 1 -name '*_Packages*' -mmin -720 -print -quit)" ]; then
    echo "fetching the lists of packages${proxy:+ through $proxy}"
    timeout 300 apt-get --quiet --quiet update || {
      echo "no list of packages could be fetched: is openstack-package-proxy right, and does a mirror answer?" >&2
      # What was changed is taken for done next time unless it is taken back.
      rm -f $file
      exit 1
    }
  fi
elif command -v dnf >/dev/null; then
  if [ -n "$proxy" ]; then
    line="proxy=$proxy"
    if ! grep --quiet --line-regexp --fixed-strings "$line" /etc/dnf/dnf.conf; then
      sed -i '/^proxy=/d' /etc/dnf/dnf.conf
      printf '%s\n' "$line" >>/etc/dnf/dnf.conf
    fi
  fi
else
  echo "neither apt-get nor dnf is here: put Debian, Ubuntu or a kind of Red Hat on this node" >&2
  exit 1
fi
echo "packages come ${proxy:+through }${proxy:-straight from the mirrors}"
