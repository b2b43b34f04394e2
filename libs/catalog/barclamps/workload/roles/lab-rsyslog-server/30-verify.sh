# Sends one line through the port and finds it in its file; only then others are told of it.
port=$(read_attribute lab-rsyslog-port)
mark="lab-rsyslog-server answers $$-$RANDOM"
found=no
for ((look = 0; look < 20; look++)); do
  logger --tcp --server 127.0.0.1 --port "$port" --tag lab -- "$mark" || true
  sleep 0.5
  if grep --quiet --recursive --fixed-strings -- "$mark" /var/log/nodes; then
    found=yes
    break
  fi
done
if [ "$found" = no ]; then
  echo "a line sent to port $port did not arrive in /var/log/nodes; the last words of rsyslog:" >&2
  systemctl --no-pager --lines 20 status rsyslog >&2 || true
  exit 1
fi

# Third word of SSH_CONNECTION: the address of this node that the admin node reaches it under.
read -r _ _ address _ <<<"${SSH_CONNECTION:-}"
[ -n "$address" ] || read -r address _ <<<"$(hostname -I)"
write_attribute lab-rsyslog-endpoint "{\"address\": \"$address\", \"port\": $port}"
