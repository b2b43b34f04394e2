# Tells what a running machine is, as lines of words parted by tabs; for any POSIX shell, without a tool that a small system
# lacks. Nothing is changed. What cannot be read is not told.

LC_ALL=C
export LC_ALL
PATH=/usr/sbin:/usr/bin:/sbin:/bin

# The first line of a file, without what would part words or lines.
fact() {
  [ -r "$1" ] || return 0
  head -n 1 "$1" 2>/dev/null | tr -d '\000-\037\177'
}

tell() {
  [ -z "$2" ] || printf '%s\t%s\n' "$1" "$2"
}

dmi=/sys/class/dmi/id
tell uuid "$(fact $dmi/product_uuid)"
tell vendor "$(fact $dmi/sys_vendor)"
tell product "$(fact $dmi/product_name)"
tell serial "$(fact $dmi/product_serial)"
tell asset_tag "$(fact $dmi/chassis_asset_tag)"
tell firmware_vendor "$(fact $dmi/bios_vendor)"
tell firmware_version "$(fact $dmi/bios_version)"
tell firmware_date "$(fact $dmi/bios_date)"
if [ -d /sys/firmware/efi ]; then tell firmware_mode uefi; else tell firmware_mode bios; fi
if [ -e /run/systemd/container ] || grep -qs '^container=' /proc/1/environ; then
  tell kind container
elif grep -qw hypervisor /proc/cpuinfo; then
  tell kind virtual
else
  tell kind physical
fi
tell boot_id "$(fact /proc/sys/kernel/random/boot_id)"
tell kernel "$(uname -r)"
tell architecture "$(uname -m)"
tell cpu_model "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
tell threads "$(grep -c '^processor' /proc/cpuinfo)"
tell sockets "$(sed -n 's/^physical id[^:]*: *//p' /proc/cpuinfo | sort -u | grep -c .)"
tell memory_kib "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"

# Cards: what has a device behind it; in a container, what is no loopback.
for folder in /sys/class/net/*; do
  name=${folder##*/}
  [ "$(fact "$folder/type")" = 1 ] && [ ! -e "$folder/device/physfn" ] || continue
  bus=
  if [ -e "$folder/device" ]; then
    bus=$(readlink -f "$folder/device" | sed -n 's|.*/pci\([0-9a-f:]*\)/|\1/|p' | sed 's|/virtio[0-9]*$||; s|/usb.*$||')
  fi
  # Bridges, bonds and VLANs have no cards of their own.
  [ ! -d "$folder/bridge" ] && [ ! -d "$folder/bonding" ] && [ ! -e "/proc/net/vlan/$name" ] || continue
  mac=$(fact "$folder/bonding_slave/perm_hwaddr")
  driver=$(readlink "$folder/device/driver" 2>/dev/null)
  printf 'card\t%s\t%s\t%s\t%s\n' "$name" "${mac:-$(fact "$folder/address")}" "$bus" "${driver##*/}"
done

for folder in /sys/block/*; do
  name=${folder##*/}
  case $name in loop* | ram* | zram* | dm-* | md* | sr* | fd* | nbd* | mmcblk*boot* | mmcblk*rpmb) continue ;; esac
  [ -e "$folder/device" ] || continue
  wwn=$(fact "$folder/wwid")
  [ -n "$wwn" ] || wwn=$(fact "$folder/device/wwid")
  case $wwn in naa.*) wwn=0x${wwn#naa.} ;; eui.*[1-9a-f]* | uuid.*) ;; *) wwn= ;; esac
  serial=$(fact "$folder/serial")
  [ -n "$serial" ] || serial=$(fact "$folder/device/serial")
  printf 'disk\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$(fact "$folder/size")" "$(fact "$folder/device/model")" \
    "$serial" "$wwn" "$(fact "$folder/queue/rotational")" "$(fact "$folder/removable")" "$(fact "$folder/ro")"
done
printf 'end\n'
