# Fetches the page through the balancer until every server has answered once; only then the address is given out.
port=$(read_attribute lab-web-balancer-port)
# Third word of SSH_CONNECTION: the address of this node that the admin node reaches it under.
read -r _ _ address _ <<<"${SSH_CONNECTION:-}"
[ -n "$address" ] || read -r address _ <<<"$(hostname -I)"

page() {
  # shellcheck disable=SC2016 # the inner shell is to expand its own arguments
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" && printf "GET / HTTP/1.0\r\n\r\n" >&3 && cat <&3' page "$address" "$port"
}
declare -A waiting=()
for ((i = 0; ; i++)); do
  has_attribute "lab-web-backend/$i" || break
  waiting[$(read_attribute "lab-web-backend/$i/node")]=1
done
# Round robin reaches each server within as many requests as there are; checks may take a few seconds to find them up.
for ((look = 0; look < 40 + 4 * ${#waiting[@]} && ${#waiting[@]} > 0; look++)); do
  node=$(page 2>/dev/null | sed -n 's/.*<code>\(.*\)<\/code>.*/\1/p')
  if [ -z "$node" ]; then sleep 0.25; else unset "waiting[$node]"; fi
done
if [ ${#waiting[@]} -gt 0 ]; then
  echo "the balancer at $address port $port never answered with the page of: ${!waiting[*]}" >&2
  systemctl --no-pager --lines 20 status haproxy >&2 || true
  exit 1
fi
case $address in *:*) host="[$address]" ;; *) host=$address ;; esac
echo "every server answers through http://$host:$port/"
write_attribute_string lab-web-url "http://$host:$port/"
