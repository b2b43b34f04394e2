# Sends the node's log on, and keeps it in a queue on disk while the other side is away.
from=lab-rsyslog-endpoint
if has_attribute lab-rsyslog-target/address; then from=lab-rsyslog-target; fi
address=$(read_attribute "$from/address")
port=$(read_attribute "$from/port")
if [ -z "$address" ]; then
  echo "nobody takes logs: bind lab-rsyslog-server to a node, or set lab-rsyslog-target" >&2
  exit 1
fi

configuration=$(
  cat <<END
# Written by Anneal (role lab-rsyslog-client); changes by hand do not last.
*.* action(type="omfwd" target="$address" port="$port" protocol="tcp"
           action.resumeRetryCount="-1" action.resumeInterval="5"
           queue.type="LinkedList" queue.filename="lab-forward" queue.maxDiskSpace="16m" queue.saveOnShutdown="on")
END
)
file=/etc/rsyslog.d/80-lab-client.conf
changed=no
if [ "$configuration" != "$(cat "$file" 2>/dev/null)" ]; then
  printf '%s\n' "$configuration" >"$file.new"
  mv "$file.new" "$file"
  changed=yes
fi

rsyslogd -N1 || { echo "rsyslog refuses its configuration in /etc/rsyslog.d" >&2; exit 1; }
systemctl --quiet enable rsyslog
if [ "$changed" = yes ] || ! systemctl --quiet is-active rsyslog; then
  systemctl restart rsyslog
fi

# A connection proves the address; the lines themselves may wait in the queue.
# shellcheck disable=SC2016 # the inner shell is to expand its own arguments
if ! timeout 10 bash -c 'exec 3<>"/dev/tcp/$1/$2"' connect "$address" "$port"; then
  echo "$address does not take a connection on port $port: is rsyslog running there, and is the way to it open?" >&2
  exit 1
fi
logger --tag lab "$ANNEAL_NODE sends its log to $address port $port"
echo "the log goes to $address port $port"
