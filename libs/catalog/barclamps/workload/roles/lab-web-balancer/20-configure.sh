# haproxy in front of every lab-web-server of the deployment. The list comes sorted, so equal servers make an equal file.
port=$(read_attribute lab-web-balancer-port)
if ! has_attribute lab-web-backend/0; then
  echo "there is no web server to balance: bind lab-web-server to a node of this deployment" >&2
  exit 1
fi

configuration=$(
  cat <<END
# Written by Anneal (role lab-web-balancer); changes by hand do not last.
global
  log /dev/log local0
  user haproxy
  group haproxy
  maxconn 2000

defaults
  mode http
  log global
  option httplog
  option redispatch
  retries 2
  timeout connect 3s
  timeout client 30s
  timeout server 30s

frontend site
  bind :::$port v4v6
  default_backend servers

backend servers
  balance roundrobin
  option httpchk GET /
END
  for ((i = 0; ; i++)); do
    has_attribute "lab-web-backend/$i" || break
    node=$(read_attribute "lab-web-backend/$i/node")
    if ! has_attribute "lab-web-backend/$i/value"; then
      echo "the web server on $node does not say where it answers: retry its lab-web-server" >&2
      exit 1
    fi
    address=$(read_attribute "lab-web-backend/$i/value/address")
    backend_port=$(read_attribute "lab-web-backend/$i/value/port")
    case $address in *:*) address="ipv6@[$address]" ;; esac
    echo "  server $node $address:$backend_port check inter 1s fall 2 rise 1"
  done
)
file=/etc/haproxy/haproxy.cfg
changed=no
if [ "$configuration" != "$(cat "$file" 2>/dev/null)" ]; then
  printf '%s\n' "$configuration" >"$file.new"
  haproxy -c -f "$file.new" || { echo "haproxy refuses its configuration, see $file.new" >&2; exit 1; }
  mv "$file.new" "$file"
  changed=yes
fi
printf '%s\n' "$configuration" | grep '^  server '

systemctl --quiet enable haproxy
if [ "$changed" = yes ] || ! systemctl --quiet is-active haproxy; then
  systemctl reload-or-restart haproxy
else
  echo "haproxy balances between these already"
fi
