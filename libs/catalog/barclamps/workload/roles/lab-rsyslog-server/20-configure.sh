# Takes logs over TCP into a file for each sender. What comes in stays apart from the node's own log, so that nothing that
# was received is ever sent on.
port=$(read_attribute lab-rsyslog-port)
mkdir -p /var/log/nodes

configuration=$(
  cat <<END
# Written by Anneal (role lab-rsyslog-server); changes by hand do not last.
module(load="imtcp")
template(name="FileOfNode" type="string" string="/var/log/nodes/%HOSTNAME:::secpath-replace%.log")
ruleset(name="FromNodes") {
  action(type="omfile" dynaFile="FileOfNode" fileCreateMode="0640" dirCreateMode="0750")
}
input(type="imtcp" port="$port" ruleset="FromNodes")
END
)
file=/etc/rsyslog.d/30-lab-server.conf
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
  echo "rsyslog takes logs on port $port"
else
  echo "rsyslog takes logs on port $port already"
fi
