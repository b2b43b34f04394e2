# Services of a cloud find themselves by the node's name: the short one as well as the whole one must lead to its address.
read -r _ _ address _ <<<"${SSH_CONNECTION:-}"
[ -n "$address" ] || read -r address _ <<<"$(hostname -I)"
short=$(hostname --short)
for name in "$short" "$ANNEAL_NODE"; do
  found=$(getent ahosts "$name" | awk '{ print $1 }' | sort -u)
  if grep --quiet --line-regexp --fixed-strings "$address" <<<"$found"; then continue; fi
  echo "$name leads to ${found:-nothing}; /etc/hosts says $address from now on"
  mark='# openstack-base'
  {
    grep --invert-match --fixed-strings "$mark" /etc/hosts || true
    echo "$address $ANNEAL_NODE $short $mark"
  } >/etc/hosts.new
  chmod 644 /etc/hosts.new
  # In place: in a container /etc/hosts may be a mount of its own.
  cat /etc/hosts.new >/etc/hosts
  rm /etc/hosts.new
  break
done
