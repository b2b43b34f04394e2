#!/bin/sh
# udhcpc calls it with what the server answered.
. /usr/lib/anneal/words.sh

case $1 in
  deconfig)
    ip link set "$interface" up
    ;;
  bound | renew)
    ip addr replace "$ip/${mask:-32}" dev "$interface" valid_lft "${lease:-forever}" preferred_lft "${lease:-forever}"
    for each in ${router:-}; do
      ip route replace default via "$each" dev "$interface" onlink
      break
    done
    . /usr/lib/anneal/resolver.sh
    keep_resolver dhcp4 "${search:-${domain:-}}" "${dns:-}"
    ;;
esac
exit 0
