# Fetches the page over the address that others will use; only then they are told of it.
port=$(read_attribute lab-web-port)
node=$ANNEAL_NODE
# Third word of SSH_CONNECTION: the address of this node that the admin node reaches it under.
read -r _ _ address _ <<<"${SSH_CONNECTION:-}"
[ -n "$address" ] || read -r address _ <<<"$(hostname -I)"

# The page in bash alone: a node need not have a program that fetches pages.
page() {
  # shellcheck disable=SC2016 # the inner shell is to expand its own arguments
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2" && printf "GET / HTTP/1.0\r\n\r\n" >&3 && cat <&3' page "$address" "$port"
}
for ((look = 0; look < 20; look++)); do
  if page 2>/dev/null | grep --quiet --fixed-strings "<code>$node</code>"; then
    echo "the page answers at $address port $port"
    write_attribute lab-web-backend "{\"address\": \"$address\", \"port\": $port}"
    exit 0
  fi
  sleep 0.5
done
echo "the page does not answer at $address port $port; the last words of nginx:" >&2
systemctl --no-pager --lines 20 status nginx >&2 || true
exit 1
