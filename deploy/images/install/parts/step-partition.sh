# Makes the partitions, and the device that will carry the root. The loader's partitions stay empty until the image has
# proved to be the right one: until then nothing can start from these disks.
set -eu
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"
. "$PARTS/lvm.sh"

# As images have them: where the loader for BIOS looks is written into it.
BIOS_START=2048
BIOS_MIB=1
ESP_MIB=64
# Of partition nodes to appear, and of arrays.
NODE_TRIES=50

recheck_disks
layout=$(order layout)
case $layout in plain) type=8304 ;; lvm) type=8e00 ;; raid1) type=fd00 ;; esac
[ "$layout" = raid1 ] || sed -n 1p "$STATE/disks" >"$STATE/system-disks"
[ "$layout" != raid1 ] || sed -n 1,2p "$STATE/disks" >"$STATE/system-disks"

for name in $(cat "$STATE/system-disks"); do
  quietly sgdisk -a 2048 -n "1:$BIOS_START:+${BIOS_MIB}M" -t 1:ef02 -c 1:bios -n "2:0:+${ESP_MIB}M" -t 2:ef00 -c 2:esp \
    -n 3:0:0 -t "3:$type" -c 3:root "/dev/$name" || fail "/dev/$name takes no partition table"
  quietly blockdev --rereadpt "/dev/$name" || quietly partx -u "/dev/$name" || :
  tries=0
  until [ -b "/dev/$(partition_of "$name" 3)" ]; do
    tries=$((tries + 1))
    [ $tries -lt $NODE_TRIES ] || fail "the kernel does not see the new partitions of /dev/$name"
    sleep 0.1
  done
  # What was there before may have ended where a partition begins now.
  for number in 1 2 3; do quietly wipefs -af "/dev/$(partition_of "$name" $number)"; done
done

first=$(sed -n 1p "$STATE/system-disks")
case $layout in
plain) echo "/dev/$(partition_of "$first" 3)" >"$STATE/root-device" ;;
lvm)
  # A name of its own: a disk that was not granted may carry a system of ours, too.
  group=anneal_$(order install | tr -cd '0-9a-f' | tail -c 8)
  carrier=/dev/$(partition_of "$first" 3)
  echo "$group" >"$STATE/volume-group"
  modprobe -q dm_mod || :
  run_lvm pvcreate -ff -y "$carrier" || fail "$carrier cannot become a physical volume"
  run_lvm vgcreate -y "$group" "$carrier" || fail "the volume group $group cannot be made"
  run_lvm lvcreate -y -Wy -Zy -l 100%FREE -n root "$group" || fail "the volume root cannot be made"
  echo "/dev/mapper/$group-root" >"$STATE/root-device"
  ;;
raid1)
  modprobe -aq md_mod raid1 || :
  second=$(sed -n 2p "$STATE/system-disks")
  # Copying one half to the other can wait until the system has started.
  [ ! -w /proc/sys/dev/raid/speed_limit_max ] || echo 1000 >/proc/sys/dev/raid/speed_limit_max
  yes | quietly mdadm --create /dev/md/root --run --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal \
    --homehost=any --name=root "/dev/$(partition_of "$first" 3)" "/dev/$(partition_of "$second" 3)" || fail 'the mirror cannot be made'
  [ -b /dev/md/root ] && echo /dev/md/root >"$STATE/root-device" || echo "/dev/$(md_of "$first")" >"$STATE/root-device"
  ;;
esac
[ -b "$(cat "$STATE/root-device")" ] || fail "$(cat "$STATE/root-device") has not appeared"
log "the root will be on $(cat "$STATE/root-device")"
