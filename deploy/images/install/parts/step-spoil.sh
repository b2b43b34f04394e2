# After a failure: nothing shall start from a disk with half a system. What took the place of such a disk is left alone.
set -u
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"

[ -s "$STATE/system-disks" ] || exit 0
for name in $(cat "$STATE/system-disks"); do
  same_disk "$name" || { log "the disk $name is not the one that was written to: it is left as it is"; continue; }
  for number in 1 2 3; do quietly wipefs -af "/dev/$(partition_of "$name" $number)" || :; done
  dd if=/dev/zero of="/dev/$name" bs=440 count=1 conv=notrunc,fsync 2>/dev/null || :
  quietly wipefs -af "/dev/$name" || :
done
