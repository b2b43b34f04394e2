# Tells what is on this node, for the evidence of a certification: packages, digests of the files that configure a cloud (the
# files hold secrets, digests do not), and the system and firmware. Each part begins with a line of its name after a record
# separator. It changes nothing. What a part cannot tell it leaves out.
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

printf '\036packages.txt\n'
if command -v dpkg-query >/dev/null; then
  dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n' | sed -n 's/^ii \t//p' | sort
elif command -v rpm >/dev/null; then
  rpm -qa --qf '%{NAME}\t%{EVR}\t%{ARCH}\n' | sort
fi

printf '\036configuration.sha256\n'
for name in apache2 ceph cinder corosync etcd glance haproxy heat horizon httpd keepalived keystone libvirt memcached.conf my.cnf \
  mysql neutron nova openstack-dashboard openvswitch ovn placement rabbitmq swift; do
  if [[ -e /etc/$name ]]; then find "/etc/$name" -type f -print0; fi
done 2>/dev/null | sort -z | xargs -0 -r sha256sum

printf '\036system.txt\n'
(. /etc/os-release && printf 'system\t%s\n' "$PRETTY_NAME")
printf 'kernel\t%s\n' "$(uname -srm)"
for name in sys_vendor product_name product_version board_name bios_vendor bios_version bios_date bios_release; do
  if [[ -r /sys/class/dmi/id/$name ]]; then printf '%s\t%s\n' "$name" "$(</sys/class/dmi/id/$name)"; fi
done
if [[ -d /sys/firmware/efi ]]; then printf 'firmware\tuefi\n'; fi
exit 0
