# The granted disks among those that are here, in the words of the inventory and by the same program that wrote it: an id
# that was granted is found again by the rule it was made with. Devices are read for what they hold; nothing is written.
DISKS=${ANNEAL_DISKS:-/usr/lib/anneal/inventory/disks.sh}

# find_disks: for each grant a line `found NAME BYTES ID`. Ends the step when a disk is absent, there twice, of another
# size, serial number or WWN, too small, removable, or read-only. $1 are the bytes that each must have.
find_disks() {
  { bash "$DISKS" >"$STATE/here.new" 2>>"$STATE/log" && mv "$STATE/here.new" "$STATE/here.json"; } || fail 'the disks of this machine cannot be looked at'
  jq -r --argjson needed "$1" --slurpfile order "$STATE/order.json" '
    def low: if . == null then null else ascii_downcase end;
    def is($id): ($id | index(":")) as $at | {wwn: .wwn, serial: .serial, path: .bus_path}[$id[:$at]] as $own |
      if $id[:$at] == "wwn" then ($own | low) == ($id[$at + 1:] | low) else $own == $id[$at + 1:] end;
    . as $here | $order[0].disks[] as $granted | [$here[] | select(is($granted.id))] as $same |
    def no($says): "no disk \($granted.id) " + $says;
    if ($same | length) == 0 then no("is not among the disks of this machine")
    elif ($same | length) > 1 then no("cannot be told apart: \($same | map(.name) | join(" and ")) have this id")
    else $same[0] |
      if .bytes != $granted.bytes then no("(\(.name)) has \(.bytes) bytes, and one of \($granted.bytes) was granted")
      elif $granted.serial != null and .serial != $granted.serial then no("(\(.name)) has the serial number \(.serial), and \($granted.serial) was granted")
      elif $granted.wwn != null and (.wwn | low) != ($granted.wwn | low) then no("(\(.name)) has the WWN \(.wwn), and \($granted.wwn) was granted")
      elif ($granted.id | startswith("path:")) and $granted.serial == null and $granted.wwn == null and (.serial != null or .wwn != null) then
        no("(\(.name)) has a serial number or a WWN, and a disk without either was granted")
      elif .removable then no("(\(.name)) can be taken out")
      elif .read_only then no("(\(.name)) is read-only")
      elif .bytes < $needed then no("(\(.name)) has \(.bytes) bytes, and the image needs \($needed)")
      elif .sector_bytes != 512 then no("(\(.name)) has sectors of \(.sector_bytes) bytes, and the image is made for 512")
      else "found \(.name) \(.bytes) \($granted.id)" end
    end' "$STATE/here.json" >"$STATE/answers" 2>>"$STATE/log" || fail 'the disks of this machine cannot be compared with the order'
  problem=$(sed -n 's/^no //p' "$STATE/answers" | head -n 1)
  [ -z "$problem" ] || fail "$problem"
}

# disk_in_use NAME: says by what, and fails.
disk_in_use() {
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
