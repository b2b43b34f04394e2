# Tells what is on this node, for the evidence of a certification: packages, digests of the files that configure a cloud (the
# files hold secrets, digests do not), system and firmware, and hardware. Each part begins with a line of its name after a
# record separator. It changes nothing. What a part cannot tell it leaves out.
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

printf '\036packages.txt\n'
if command -v dpkg-query >/dev/null; then
  dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Maintainer}\n' | sed -n 's/^ii \t//p' | sort
elif command -v rpm >/dev/null; then
  # The source is the name of a file: without its version, release and ending it is the name of the package.
  rpm -qa --qf '%{NAME}\t%{EVR}\t%{ARCH}\t%{SOURCERPM}\t%{VENDOR}\n' | sed 's/-[^-\t]*-[^-\t]*[.]src[.]rpm\t/\t/; s/\t(none)/\t/g' | sort
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

printf '\036hardware.txt\n'
if [[ -e /run/systemd/container ]] || grep -qs '^container=' /proc/1/environ; then
  kind=container
elif grep -qw hypervisor /proc/cpuinfo; then
  kind=virtual
else
  kind=physical
fi
printf 'kind\t%s\n' "$kind"
printf 'processor\t%s\n' "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
printf 'threads\t%s\n' "$(grep -c '^processor' /proc/cpuinfo)"
printf 'memory_kib\t%s\n' "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
# Cards with a device behind them, as disks; a container has ends of wires for cards, and sees the disks of its host.
for folder in /sys/class/net/*; do
  name=${folder##*/}
  if [[ ! -e $folder/device && ! ($kind == container && $name == @(eth|en|host)*) ]]; then continue; fi
  driver=$(readlink "$folder/device/driver")
  printf 'card\t%s\t%s\t%s\n' "$name" "$(<"$folder/address")" "${driver##*/}"
done
for folder in /sys/block/*; do
  if [[ ! -e $folder/device || $kind == container ]]; then continue; fi
  model=
  if [[ -r $folder/device/model ]]; then model=$(<"$folder/device/model"); fi
  printf 'disk\t%s\t%s\t%s\n' "${folder##*/}" "$(($(<"$folder/size") * 512))" "${model%"${model##*[! ]}"}"
done
exit 0
