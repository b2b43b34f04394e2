# The disks that were found, and whether they are still the same ones.
SYS=${ANNEAL_SYS:-/sys}

# disk_number NAME: the number that the kernel gives to each disk that it meets, and to no other one. A disk that was
# pulled and put back, or another one under the same name, has another.
disk_number() { cat "$SYS/block/$1/diskseq" 2>/dev/null || readlink -f "$SYS/block/$1"; }

# recheck_disks: right before something is written, that nothing was plugged in or out since the disks were compared.
recheck_disks() {
  while read -r name number bytes _; do
    [ "$(disk_number "$name")" = "$number" ] && [ $(($(cat "$SYS/block/$name/size") * 512)) = "$bytes" ] ||
      fail "the disk $name is not the one that was looked at: something was plugged in or out"
  done <"$STATE/found"
}

# same_disk NAME: whether what has this name now is the disk that was found under it.
same_disk() {
  found=$(sed -n "s/^$1 \([^ ]* [^ ]*\) .*/\1/p" "$STATE/found" 2>/dev/null)
  [ -n "$found" ] && [ -e "$SYS/block/$1/size" ] && [ "$(disk_number "$1") $(disk_bytes "$1")" = "$found" ]
}

disk_bytes() { echo $(($(cat "$SYS/block/$1/size") * 512)); }

# partition_of NAME NUMBER: names that end with a digit get a p between.
partition_of() {
  case $1 in *[0-9]) printf '%sp%s\n' "$1" "$2" ;; *) printf '%s%s\n' "$1" "$2" ;; esac
}
