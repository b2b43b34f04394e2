# Erases the disks that were granted, whole, and no others. Each is found by what stays with it, and is held against what was
# granted right before the first write; a disk that is not as it was granted ends everything before anything is touched.

# The system that runs must not live on what is erased.
case $(stat -f -c %T /) in
  tmpfs | ramfs | overlayfs | UNKNOWN*) ;;
  *)
    echo "this system runs from a disk ($(stat -f -c %T /)): disks are erased in the discovery system only" >&2
    exit 1
    ;;
esac
inventory=/usr/lib/anneal/inventory/disks.sh
if [ ! -r "$inventory" ] || ! command -v jq >/dev/null; then
  echo "this is not the discovery system: $inventory is not here" >&2
  exit 1
fi
# How much is written or looked at in one piece.
piece=$((4 * 1024 * 1024))
# Places of a disk that are looked at afterwards.
looks=64

grants=$(mktemp -d) && trap 'rm -rf "$grants"' EXIT
bash "$inventory" >"$grants/there.json"

# --- what was granted, and where it is now ---------------------------------------------------------------------------------

count=0
names=()
while has_attribute "disk-erase-disks/$count"; do
  id=$(read_attribute "disk-erase-disks/$count/id")
  bytes=$(read_attribute "disk-erase-disks/$count/bytes")
  serial=$(read_attribute "disk-erase-disks/$count/serial")
  wwn=$(read_attribute "disk-erase-disks/$count/wwn")
  jq --arg id "$id" '[.[] | select(.id == $id)]' "$grants/there.json" >"$grants/found.json"
  found=$(jq length "$grants/found.json")
  if [ "$found" -ne 1 ]; then
    echo "$found disks of this machine are $id, and one must be: nothing is erased" >&2
    exit 1
  fi
  unlike=$(jq -r --argjson bytes "$bytes" --arg serial "$serial" --arg wwn "$wwn" '
    .[0] | [ (select(.bytes != $bytes) | "it has \(.bytes) bytes, not \($bytes)"),
      (select((.serial // "") != $serial) | "its serial number is \(.serial), not \($serial)"),
      (select((.wwn // "") != $wwn) | "its WWN is \(.wwn), not \($wwn)"),
      (select(.removable) | "it can be taken out"), (select(.read_only) | "it cannot be written to") ] | join("; ")' \
    "$grants/found.json")
  name=$(jq -r '.[0].name' "$grants/found.json")
  if [ -n "$unlike" ]; then
    echo "$id ($name) is not the disk that was granted: $unlike. Nothing is erased" >&2
    exit 1
  fi
  if grep -q "^/dev/$name" /proc/mounts /proc/swaps; then
    echo "$id ($name) is in use: nothing is erased" >&2
    exit 1
  fi
  names+=("$name")
  count=$((count + 1))
done
if [ "$count" -eq 0 ]; then
  echo "no disk was granted: nothing is erased" >&2
  exit 1
fi

# --- erase ----------------------------------------------------------------------------------------------------------------

# Whether all of a piece of a disk is zero.
is_zero() {
  [ "$(dd if="/dev/$1" bs=$piece skip="$2" count=1 iflag=direct 2>/dev/null | tr -d '\000' | head -c 1 | wc -c)" -eq 0 ]
}

looks_erased() {
  local pieces=$(($2 / piece)) each
  for ((each = 0; each <= looks; each++)); do
    is_zero "$1" $((each * (pieces > 0 ? pieces - 1 : 0) / looks)) || return 1
  done
}

# Arrays and volumes of what ran here before hold their disks.
if command -v vgchange >/dev/null; then vgchange -an >/dev/null 2>&1 || true; fi
if command -v mdadm >/dev/null; then mdadm --stop --scan >/dev/null 2>&1 || true; fi

erased=()
for ((each = 0; each < count; each++)); do
  name=${names[each]} bytes=$(read_attribute "disk-erase-disks/$each/bytes") id=$(read_attribute "disk-erase-disks/$each/id")
  method=zeros
  # A disk that forgets by itself does so in seconds; it is believed when it reads back as zeros.
  if [ "$(cat "/sys/block/$name/queue/discard_max_bytes" 2>/dev/null || echo 0)" -gt 0 ] &&
    blkdiscard "/dev/$name" 2>/dev/null && looks_erased "$name" "$bytes"; then
    method=discard
  else
    echo "$id ($name): writing $bytes bytes"
    dd if=/dev/zero of="/dev/$name" bs=$piece count=$((bytes / piece)) oflag=direct 2>&1 | tail -n 1
    rest=$((bytes % piece))
    [ "$rest" -eq 0 ] || dd if=/dev/zero of="/dev/$name" bs=512 seek=$(((bytes - rest) / 512)) count=$((rest / 512)) 2>/dev/null
  fi
  sync
  blockdev --flushbufs "/dev/$name" 2>/dev/null || true
  if ! looks_erased "$name" "$bytes"; then
    echo "$id ($name) does not read as zeros after it was written: look at the disk" >&2
    exit 1
  fi
  blockdev --rereadpt "/dev/$name" 2>/dev/null || true
  echo "$id ($name): erased by $method, and looked at in $((looks + 1)) places"
  erased+=("$id")
done
write_attribute disk-erase-done "$(printf '%s\n' "${erased[@]}" | jq -R . | jq -s .)"
