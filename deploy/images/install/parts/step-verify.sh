# Finds the granted disks by their stable ids, and refuses when one is not what was granted. What is written later is what
# stands in `disks`, and each step that writes looks again.
set -eu
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"
. "$PARTS/find-disk.sh"

# Room for the partition table and its copy, and for the file system to breathe.
ROOM_BYTES=16777216

# What an earlier attempt of this program left open is closed first; it is in nobody's use.
quietly sh "$PARTS/step-release.sh" || :
names=$(granted_disks) || exit 1
needed=$(($(order .image.raw_bytes) + ROOM_BYTES))
for name in $names; do
  [ "$(disk_bytes "$name")" -ge "$needed" ] || fail "disk $name has $(disk_bytes "$name") bytes, and the image needs $needed"
  [ "$(disk_fact "$name" sector_bytes)" = 512 ] || fail "disk $name has sectors of $(disk_fact "$name" sector_bytes) bytes, and the image is made for 512"
  log "$(disk_fact "$name" id) is $name, $(disk_bytes "$name") bytes"
done
printf '%s\n' $names >"$STATE/disks"
