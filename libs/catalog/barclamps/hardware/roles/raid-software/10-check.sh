# Looks at every disk that is named before any is touched: each must be there, once, unused, and big enough to be a disk.

# shellcheck source=/dev/null
. "$ANNEAL_ROLE_DIR/lib/disks.sh"
for program in mdadm lsblk; do
  if ! command -v "$program" >/dev/null; then
    echo "$program is missing: run this in the discovery system, or install its package" >&2
    exit 1
  fi
done
seen=" "
for ((i = 0; ; i++)); do
  has_attribute "raid-arrays/$i" || break
  name=$(read_attribute "raid-arrays/$i/name")
  for ((j = 0; ; j++)); do
    has_attribute "raid-arrays/$i/disks/$j" || break
    id=$(read_attribute "raid-arrays/$i/disks/$j")
    disk=$(disk_of "$id")
    case $seen in *" $disk "*)
      echo "$id of $name is the disk $disk, which is named twice" >&2
      exit 1
      ;;
    esac
    seen="$seen$disk "
    refuse_used "$disk" "$id" "$name"
  done
done
