# Takes the signatures of what was there off the granted disks: partition tables, file systems, volumes, mirrors. Without
# this an old volume group or mirror would come back to life beside the new system.
set -eu
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"

# Of letting a disk forget its content, which some do at once and some never.
DISCARD_SECONDS=60
MIB=1048576

recheck_disks

for name in $(cat "$STATE/disks"); do
  for part in "$SYS/block/$name/$name"*; do
    [ -d "$part" ] || continue
    quietly mdadm --zero-superblock --force "/dev/${part##*/}" || :
    quietly wipefs -af "/dev/${part##*/}" || log "signatures of /dev/${part##*/} could not be taken off; its table is"
  done
  quietly mdadm --zero-superblock --force "/dev/$name" || :
  quietly wipefs -af "/dev/$name" || fail "the signatures of /dev/$name cannot be taken off: another program holds it"
  [ "$(cat "$SYS/block/$name/queue/rotational")" = 1 ] ||
    quietly timeout "$DISCARD_SECONDS" blkdiscard -f "/dev/$name" || :
  # Where loaders and tables of any kind would be, at both ends.
  dd if=/dev/zero of="/dev/$name" bs=$MIB count=4 conv=fsync 2>/dev/null
  dd if=/dev/zero of="/dev/$name" bs=$MIB seek=$(($(disk_bytes "$name") / MIB - 1)) conv=fsync 2>/dev/null || :
  quietly blockdev --rereadpt "/dev/$name" || fail "the kernel holds on to the old partitions of /dev/$name"
done
