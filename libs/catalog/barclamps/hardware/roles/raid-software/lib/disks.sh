# Finds a disk by what stays with it, and refuses one that is used. Sourced by the scripts of this role.

# Prints the device of an id, `wwn:…` or `serial:…`. Fails when there is none, or more than one.
disk_of() {
  local id=$1 column value found
  case $id in
  wwn:*) column=WWN value=${id#wwn:} ;;
  *) column=SERIAL value=${id#serial:} ;;
  esac
  found=$(lsblk --nodeps --noheadings --list --paths --output "NAME,$column" | awk -v value="$value" '$2 == value { print $1 }')
  case $(wc -w <<<"$found") in
  1) echo "$found" ;;
  0)
    echo "there is no disk $id in this machine: nothing was touched" >&2
    return 1
    ;;
  *)
    echo "several disks are $id (${found//$'\n'/ }): nothing was touched" >&2
    return 1
    ;;
  esac
}

# The array of that name, where it runs.
array_of() { [ -e "/dev/md/$1" ] && echo "/dev/md/$1"; }

# Fails when something of the disk is mounted or in use, but by the array that it is named for.
refuse_used() {
  local disk=$1 id=$2 name=$3 line
  while read -r line; do
    case $line in
    *" /"* | *"[SWAP]"*)
      echo "$id ($disk) is in use (${line}): nothing was touched" >&2
      return 1
      ;;
    esac
  done < <(lsblk --noheadings --list --paths --output NAME,MOUNTPOINTS "$disk" | awk 'NF > 1')
  line=$(lsblk --noheadings --list --paths --output NAME,TYPE "$disk" | awk '$2 ~ /^(raid|lvm|crypt)/ { print $1; exit }')
  if [ -n "$line" ] && [ "$(readlink -f "$line")" != "$(readlink -f "/dev/md/$name" 2>/dev/null)" ]; then
    echo "$id ($disk) is part of $line, which runs: stop it first; nothing was touched" >&2
    return 1
  fi
}
