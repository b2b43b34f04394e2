# What disks are here, in the words of the inventory, by the same program that wrote it: an id that was granted is found
# again by the rule it was made with. Devices are looked at in /sys, and read for what they hold; nothing is written.
SYS=${ANNEAL_SYS:-/sys}
DISKS=${ANNEAL_DISKS:-/usr/lib/anneal/inventory/disks.sh}

# look_at_disks: writes down what is here now.
look_at_disks() {
  bash "$DISKS" >"$STATE/here.json" 2>>"$STATE/log" && jq -e 'type == "array"' "$STATE/here.json" >/dev/null ||
    fail 'the disks of this machine cannot be looked at'
}

# disk_fact NAME FACT: of the disk with this name; empty for null.
disk_fact() { jq -r --arg name "$1" --arg fact "$2" '.[] | select(.name == $name) | .[$fact] | if . == null then empty else . end' "$STATE/here.json"; }

disk_bytes() { disk_fact "$1" bytes; }

# partition_of NAME NUMBER: names that end with a digit get a p between.
partition_of() {
  case $1 in *[0-9]) printf '%sp%s\n' "$1" "$2" ;; *) printf '%s%s\n' "$1" "$2" ;; esac
}
