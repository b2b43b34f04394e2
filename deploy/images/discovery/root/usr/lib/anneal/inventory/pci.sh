# What is on the PCI bus, with names out of the list that pci.ids is.
. /usr/lib/anneal/inventory/read.sh
for folder in /sys/bus/pci/devices/*; do
  vendor=$(fact "$folder/vendor") device=$(fact "$folder/device") class=$(fact "$folder/class")
  printf '%s\t%s:%s\t%s\t%s\n' "${folder##*/}" "${vendor#0x}" "${device#0x}" "${class#0x}" "$(driver_of "$folder")"
done | awk -F'\t' -v OFS='\t' '
  FILENAME == "-" { row[++rows] = $0; split($2, id, ":"); wanted[id[1]] = 1; next }
  /^[0-9a-f][0-9a-f][0-9a-f][0-9a-f]  / { vendor = substr($0, 1, 4); if (vendor in wanted) maker[vendor] = substr($0, 7); next }
  /^C / { exit }
  (vendor in wanted) && /^\t[0-9a-f]/ { name[vendor ":" substr($2, 1, 4)] = substr($2, 7) }
  END {
    for (at = 1; at <= rows; at++) {
      split(row[at], field, "\t"); split(field[2], id, ":")
      said = (field[2] in name) ? maker[id[1]] " " name[field[2]] : maker[id[1]]
      print row[at], said
    }
  }' - /usr/share/misc/pci.ids | jq -Rn '
  def known: if . == null or . == "" then null else . end;
  [inputs | split("\t") | {bus_path: .[0], id: .[1], class: .[2], name: (.[4] | known), driver: (.[3] | known)}]'
