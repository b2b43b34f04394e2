# Cards, by the way to them over the bus: the same words that a running node tells when it is asked about its network.
. /usr/lib/anneal/inventory/read.sh
. /usr/lib/anneal/inventory/cards.sh

bus_path() {
  local path
  path=$(readlink -f "$1/device") || return 0
  [[ $path == */pci* ]] || return 0
  path=${path##*/pci}
  while [[ $path == */* && ! ${path##*/} =~ ^[0-9a-f]+:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]$ ]]; do path=${path%/*}; done
  printf '%s' "$path"
}

speeds() {
  ethtool "$1" 2>/dev/null | awk '
    /Supported link modes:/ { inside = 1; sub(/.*Supported link modes:/, "") }
    /Supported pause/ { inside = 0 }
    inside { for (at = 1; at <= NF; at++) if ($at ~ /^[0-9]+base/) { sub(/base.*/, "", $at); print $at } }' | sort -nu | paste -sd,
}

for card in $(cards); do
  sys=/sys/class/net/$card mac=$(<"/sys/class/net/$card/address")
  # A card that a firmware or a bond has given another address knows its own.
  own=$(ethtool -P "$card" 2>/dev/null | sed -n 's/^Permanent address: //p')
  if [[ $own =~ ^[0-9a-f:]{17}$ && $own != 00:00:00:00:00:00 ]]; then mac=$own; fi
  port=$(fact "$sys/dev_port")
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$card" "${mac,,}" "$(bus_path "$sys")" "${port:-0}" "$(speeds "$card")" \
    "$(driver_of "$sys/device")" "$(fact "$sys/device/label")"
done | jq -Rn --arg product "$(fact /sys/class/dmi/id/product_name)" '
  def known: if . == "" then null else . end;
  {product: ($product | known), interfaces: [inputs | split("\t") | {
    name: .[0], mac: .[1], bus_path: (.[2] | known), port: (.[3] | tonumber),
    speeds: (.[4] | split(",") | map(select(. != "") | tonumber)), driver: (.[5] | known), model: (.[6] | known)}]}'
