# Writes /etc/resolv.conf out of what several sources told; each keeps what it said under its own name.

# keep_resolver SOURCE SEARCH SERVERS, both lists of words.
keep_resolver() {
  mkdir -p /run/anneal/resolver
  {
    [ -z "$2" ] || printf 'search %s\n' "$2"
    for server in $3; do printf 'nameserver %s\n' "$server"; done
  } >"/run/anneal/resolver/$1"
  # The server's own word comes first; the resolver reads three servers.
  cat /run/anneal/resolver/server /run/anneal/resolver/dhcp4 /run/anneal/resolver/dhcp6 /run/anneal/resolver/ra 2>/dev/null |
    awk '!seen[$0]++' >/etc/resolv.conf.part
  mv -f /etc/resolv.conf.part /etc/resolv.conf
}
