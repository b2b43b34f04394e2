#!/bin/sh
# dhcpcd calls it. It has set addresses and routes itself; names are left to us.
. /usr/lib/anneal/resolver.sh

case ${reason:-} in
  BOUND6 | RENEW6 | REBIND6 | REBOOT6 | INFORM6)
    keep_resolver dhcp6 "${new_dhcp6_domain_search:-}" "${new_dhcp6_name_servers:-}"
    ;;
  ROUTERADVERT)
    keep_resolver ra "${nd1_dnssl1_search:-}" "${nd1_rdnss1_servers:-}"
    ;;
esac
exit 0
