# Finds the granted disks by their stable ids, and refuses when one is not what was granted, or in use. What is written
# later is what stands in `disks`; each step that writes looks again whether those are still the same.
set -eu
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"
. "$PARTS/find-disk.sh"

# Room for the partition table and its copy, and for the file system to breathe.
ROOM_BYTES=16777216

# What an earlier attempt of this program left open is closed first; it is in nobody's use.
quietly sh "$PARTS/step-release.sh" || :
find_disks $(($(order image_raw_bytes) + ROOM_BYTES))
: >"$STATE/found"
while read -r _ name bytes id; do
  problem=$(disk_in_use "$name") || fail "disk $id ($name) $problem"
  printf '%s %s %s %s\n' "$name" "$(disk_number "$name")" "$bytes" "$id" >>"$STATE/found"
  log "$id is $name, $bytes bytes"
done <"$STATE/answers"
twice=$(cut -d' ' -f1 "$STATE/found" | sort | uniq -d | head -n 1)
[ -z "$twice" ] || fail "two grants mean the same disk, $twice"
cut -d' ' -f1 "$STATE/found" >"$STATE/disks"
