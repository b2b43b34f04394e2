# The granted disks among those that are here, and whether each still is what was granted.

# granted_disks: the names that the kernel has for them now, in the order of the grant. Ends the step when one is absent,
# there twice, of another size, serial number or WWN, removable, read-only, or in use.
granted_disks() {
  look_at_disks
  count=$(jq '.disks | length' "$STATE/order.json")
  index=0
  found=
  while [ "$index" -lt "$count" ]; do
    id=$(order ".disks[$index].id")
    names=$(jq -r --arg id "$id" '.[] | select(.id == $id) | .name' "$STATE/here.json")
    case $(printf '%s' "$names" | grep -c .) in
    0) fail "no disk here has the id $id" ;;
    1) ;;
    *) fail "$(echo "$names" | tr '\n' ' ')all have the id $id: which was granted cannot be told" ;;
    esac
    problem=$(compare_disk "$names" "$index") || fail "disk $id ($names) $problem"
    problem=$(disk_in_use "$names") || fail "disk $id ($names) $problem"
    found="$found $names"
    index=$((index + 1))
  done
  printf '%s\n' $found
}

# recheck_disks: once more, right before something is written.
recheck_disks() {
  now=$(granted_disks) || exit 1
  [ "$now" = "$(cat "$STATE/disks")" ] || fail "the granted disks were $(tr '\n' ' ' <"$STATE/disks")and are $(echo "$now" | tr '\n' ' ')now: something was plugged in or out"
}

# compare_disk NAME INDEX: says what differs from the grant, and fails.
compare_disk() {
  differs=$(jq -r --arg name "$1" --argjson index "$2" --slurpfile order "$STATE/order.json" '
    $order[0].disks[$index] as $granted | .[] | select(.name == $name) |
    if .bytes != $granted.bytes then "has \(.bytes) bytes, and one of \($granted.bytes) was granted"
    elif $granted.serial != null and .serial != $granted.serial then "has the serial number \(.serial), and \($granted.serial) was granted"
    elif $granted.wwn != null and .wwn != $granted.wwn then "has the WWN \(.wwn), and \($granted.wwn) was granted"
    elif .removable then "can be taken out"
    elif .read_only then "is read-only"
    else "" end' "$STATE/here.json")
  [ -z "$differs" ] || { echo "$differs"; return 1; }
}

# disk_in_use NAME: says by what, and fails.
disk_in_use() {
  [ -z "${UNDER_WAY-}" ] || return 0
  for holder in "$SYS/block/$1"/holders/* "$SYS/block/$1/$1"*/holders/*; do
    [ -e "$holder" ] && { echo "is held by ${holder##*/}"; return 1; }
  done
  for table in mounts swaps; do
    awk -v disk="/dev/$1" 'index($1, disk) == 1 && substr($1, length(disk) + 1) ~ /^p?[0-9]*$/ { found = 1 } END { exit !found }' "${ANNEAL_PROC:-/proc}/$table" ||
      continue
    echo "is in use by this system (/proc/$table)"
    return 1
  done
}
