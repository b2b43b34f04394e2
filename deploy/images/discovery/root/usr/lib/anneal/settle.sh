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

# The server's clock is taken from its answer; time servers, where there are some, make it better.
set_clock() {
  date=$(sed -n 's/^[Dd]ate: *//p' /run/anneal/answer.head | tr -d '\r' | tail -n 1)
  [ -z "$date" ] || date -u -D '%a, %d %b %Y %H:%M:%S GMT' -s "$date" >/dev/null 2>&1
  servers=
  for server in $(answer '.time_servers[]?'); do servers="$servers -p $server"; done
  # shellcheck disable=SC2086
  [ -z "$servers" ] || setsid ntpd -n $servers >/dev/null 2>&1 &
}
