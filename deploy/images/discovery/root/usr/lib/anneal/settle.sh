# Makes the machine what the server's answer says: its name, its clock, its addresses, who may log in. The token stays in a
# file that only root reads, and in memory only, as everything here.

answer() {
  jq -r "$1" /run/anneal/answer.json
}

settle() {
  card=$(cat /run/anneal/card)
  set_clock
  answer '.token' >/run/anneal/token
  chmod 600 /run/anneal/token
  answer '.node.id' >/run/anneal/node
  answer '.boot_session' >/run/anneal/boot-session
  answer '.api_url // empty' | grep . >/run/anneal/api-url || word anneal.url >/run/anneal/api-url

  name=$(answer '.hostname') domain=$(answer '.domain // empty')
  printf '%s\n' "$name" >/etc/hostname
  hostname "$name"
  printf '127.0.0.1 localhost\n::1 localhost\n127.0.1.1 %s%s\n' "${domain:+$name.$domain }" "$name" >/etc/hosts

  for address in $(answer '.addresses[]?'); do
    ip -o addr show dev "$card" | grep -qF " $address " || ip addr replace "$address" dev "$card"
  done
  router=$(answer '.router // empty')
  if [ -n "$router" ] && ! ip route show default | grep -q . && ! ip -6 route show default | grep -q .; then
    ip route replace default via "$router" dev "$card" onlink
  fi

  . /usr/lib/anneal/resolver.sh
  keep_resolver server "$domain" "$(answer '.name_servers[]?' | tr '\n' ' ')"

  mkdir -p /root/.ssh
  answer '.authorized_keys[]' >/root/.ssh/authorized_keys
  chmod 600 /root/.ssh/authorized_keys
  rm -f /run/anneal/answer.json /run/anneal/answer.head
}

# The server's clock is taken from its answer; a time server, where one answers, makes it better.
set_clock() {
  date=$(sed -n 's/^[Dd]ate: *//p' /run/anneal/answer.head | tr -d '\r' | tail -n 1)
  [ -z "$date" ] || busybox date -u -D '%a, %d %b %Y %H:%M:%S GMT' -s "$date" >/dev/null 2>&1
  for server in $(answer '.time_servers[]?'); do
    seconds=$(ask_time "$server")
    if [ -n "$seconds" ]; then
      busybox date -u -s "@$seconds" >/dev/null
      break
    fi
  done
}

# Seconds since 1970 by the clock of a time server: one question of version 3 (RFC 4330), whose answer has the seconds since
# 1900 at byte 40. Nothing where none comes.
ask_time() {
  case $1 in *:*) at="UDP6:[$1]:123" ;; *) at="UDP:$1:123" ;; esac
  { printf '\033' && head -c 47 /dev/zero; } | timeout 3 socat -t 2 - "$at" 2>/dev/null | od -An -v -tu1 -w4 | awk '
    NR == 11 { seconds = (($1 * 256 + $2) * 256 + $3) * 256 + $4 - 2208988800; if (seconds > 1704067200) printf "%.0f", seconds }'
}
