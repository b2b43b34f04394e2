#!/bin/bash
# Prints what this machine is, as one JSON document (docs/images.md has its fields). Every part prints a JSON value of its
# own; one that cannot be had is null, and keeps none of the others away. Nothing on the machine is changed.
export PATH=/usr/sbin:/usr/bin LC_ALL=C
parts=/usr/lib/anneal/inventory
folder=$(mktemp -d /run/anneal/inventory.XXXXXX) || exit 1
trap 'rm -rf "$folder"' EXIT

# A part may hang in a device that does not answer.
PART_SECONDS_MAX=30

for part in system cpu memory firmware network links disks pci bmc; do
  timeout "$PART_SECONDS_MAX" bash "$parts/$part.sh" >"$folder/$part" 2>"$folder/complaint" || : >"$folder/$part"
  sed "s/^/inventory: $part: /" "$folder/complaint" >&2
  [[ -s $folder/$part ]] || printf 'null\n' >"$folder/$part"
done

compose() {
  jq -n --arg kernel "$(uname -r)" --arg architecture "$(uname -m)" \
    --slurpfile system "$folder/system" --slurpfile cpu "$folder/cpu" --slurpfile memory "$folder/memory" \
    --slurpfile firmware "$folder/firmware" --slurpfile network "$folder/network" --slurpfile links "$folder/links" \
    --slurpfile disks "$folder/disks" --slurpfile pci "$folder/pci" --slurpfile bmc "$folder/bmc" '
    {
      version: 1, system: $system[0], cpu: $cpu[0], memory: $memory[0], firmware: $firmware[0], network: $network[0],
      links: ($links[0] // []), disks: ($disks[0] // []),
      raid: [($pci[0] // [])[] | select(.class[0:4] == "0104" or .class[0:4] == "0107")
        | {bus_path, model: (.name // .id), driver}],
      bmc: $bmc[0], pci: [($pci[0] // [])[] | del(.driver)], kernel: $kernel, architecture: $architecture
    }'
}

if ! compose 2>/dev/null; then
  # A part that was cut short is no JSON: it is found, and left out.
  for part in "$folder"/[a-z]*; do
    [[ $part == */complaint ]] || jq -e 'true' "$part" >/dev/null 2>&1 || printf 'null\n' >"$part"
  done
  compose
fi
