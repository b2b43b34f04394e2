# Makes the arrays that are not there. Each disk is found and looked at once more right before it is written to.

# shellcheck source=/dev/null
. "$ANNEAL_ROLE_DIR/lib/disks.sh"
for ((i = 0; ; i++)); do
  has_attribute "raid-arrays/$i" || break
  name=$(read_attribute "raid-arrays/$i/name")
  level=$(read_attribute "raid-arrays/$i/level")
  disks=()
  for ((j = 0; ; j++)); do
    has_attribute "raid-arrays/$i/disks/$j" || break
    id=$(read_attribute "raid-arrays/$i/disks/$j")
    disk=$(disk_of "$id")
    refuse_used "$disk" "$id" "$name"
    disks+=("$disk")
  done
  if array=$(array_of "$name"); then
    have=$(mdadm --detail --export "$array" | sed -n 's/^MD_DEVICE_dev_.*_DEV=//p' | sort)
    if [ "$have" = "$(printf '%s\n' "${disks[@]}" | sort)" ]; then
      echo "the array $name runs already"
      continue
    fi
    echo "there is an array $name of other disks (${have//$'\n'/ }): give this one another name, or stop that one" >&2
    exit 1
  fi
  echo "making the array $name, level $level, of ${disks[*]}"
  for disk in "${disks[@]}"; do
    mdadm --zero-superblock "$disk" 2>/dev/null || true
    wipefs --all --quiet "$disk"
  done
  mdadm --create "/dev/md/$name" --run --metadata=1.2 --homehost=any --name="$name" \
    --level="$level" --raid-devices="${#disks[@]}" "${disks[@]}" </dev/null
done
