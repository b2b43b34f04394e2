# Disks, each with what it is found again by: WWN, serial, and the way to it in the words of /dev/disk/by-path. Only what an
# operating system could live on: no memory, no loops, no optical drives, nothing that is made of other disks.
. /usr/lib/anneal/inventory/read.sh

# Pages of SCSI begin with four bytes about themselves (SPC-4, 7.8).
page_text() {
  dd if="$1" bs=1 skip=4 2>/dev/null | tr -d '\000-\037\177'
}

serial_of() {
  local sys=$1 serial
  serial=$(fact "$sys/serial")
  [[ -n $serial ]] || serial=$(fact "$sys/device/serial")
  [[ -n $serial || ! -r $sys/device/vpd_pg80 ]] || serial=$(page_text "$sys/device/vpd_pg80" | sed 's/^ *//; s/ *$//')
  printf '%s' "$serial"
}

# NAA and EUI names are given by the maker for ever; other names of the kernel are put together from what else is here.
wwn_of() {
  local wwid
  wwid=$(fact "$1/wwid")
  [[ -n $wwid ]] || wwid=$(fact "$1/device/wwid")
  case $wwid in
    naa.*) printf '0x%s' "${wwid#naa.}" ;;
    eui.*[1-9a-f]* | uuid.*) printf '%s' "$wwid" ;;
  esac
}

# As udev's path_id says it, for the buses that disks are on.
path_of() {
  local name=$1 path=$2 pci host lowest each
  [[ $path =~ .*/([0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f])/ ]] || return 0
  pci=pci-${BASH_REMATCH[1]}
  if [[ $path =~ /usb[0-9]+/.*/[0-9]+-([0-9.]+):([0-9.]+)/host[0-9]+/target[^/]+/[0-9]+:([0-9:]+)/ ]]; then
    printf '%s-usb-0:%s:%s-scsi-0:%s' "$pci" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
  elif [[ $path =~ /(ata[0-9]+)/ ]]; then
    printf '%s-ata-%s' "$pci" "$(fact "/sys/class/ata_port/${BASH_REMATCH[1]}/port_no")"
  elif [[ $path =~ /nvme/ ]]; then
    printf '%s-nvme-%s' "$pci" "$(fact "/sys/block/$name/nsid")"
  elif [[ $path =~ /end_device-[^/]+/.*/[0-9]+:[0-9]+:[0-9]+:([0-9]+)/ ]]; then
    # The address of the port tells the place in the shelf apart, whoever is asked first.
    printf '%s-sas-%s-lun-%s' "$pci" "$(cat "${path%%/target*}"/sas_device/*/sas_address 2>/dev/null | head -n 1)" "${BASH_REMATCH[1]}"
  elif [[ $path =~ /host([0-9]+)/.*/[0-9]+:([0-9]+:[0-9]+:[0-9]+)/ ]]; then
    host=${BASH_REMATCH[1]} lowest=${BASH_REMATCH[1]}
    # Hosts are counted over the whole machine: only which one of its controller it is stays the same.
    for each in "${path%%/host*}"/host*; do
      each=${each##*/host}
      if [[ $each =~ ^[0-9]+$ ]] && ((each < lowest)); then lowest=$each; fi
    done
    printf '%s-scsi-%s:%s' "$pci" "$((host - lowest))" "$(sed -n 's#.*/host[0-9]*/.*/[0-9]*:\([0-9]*:[0-9]*:[0-9]*\)/.*#\1#p' <<<"$path")"
  else
    printf '%s' "$pci"
  fi
}

transport_of() {
  case $2 in
    */usb[0-9]*/*) printf usb ;;
    */nvme/*) printf nvme ;;
    */ata[0-9]*/*) printf sata ;;
    */end_device-*) printf sas ;;
    */virtio[0-9]*/*) printf virtio ;;
    */mmc_host/*) printf mmc ;;
    */fc_host/* | */rport-*) printf fc ;;
    */session[0-9]*/*) printf iscsi ;;
    */host[0-9]*/*) printf scsi ;;
  esac
}

# Kinds of what lies on the disk and its partitions, by their own marks.
holds() {
  local device
  for device in "/dev/$1" /dev/"$1"[0-9]* /dev/"$1"p[0-9]*; do
    [[ -b $device ]] || continue
    timeout 10 blkid -p -o value -s PTTYPE -s TYPE "$device" 2>/dev/null
  done | sort -u | paste -sd,
}

for sys in /sys/block/*; do
  name=${sys##*/}
  case $name in
    loop* | ram* | zram* | dm-* | md* | sr* | fd* | nbd* | mmcblk*boot* | mmcblk*rpmb) continue ;;
  esac
  path=$(readlink -f "$sys")
  [[ -e $sys/device && $(<"$sys/hidden") != 1 ]] || continue
  sectors=$(<"$sys/size")
  ((sectors > 0)) || continue
  model=$(fact "$sys/device/model")
  serial=$(serial_of "$sys") wwn=$(wwn_of "$sys") bus=$(path_of "$name" "$path")
  id=
  if [[ -n $wwn ]]; then id=wwn:$wwn; elif [[ -n $serial ]]; then id=serial:$serial; elif [[ -n $bus ]]; then id=path:$bus; fi
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$id" "$((sectors * 512))" \
    "$(<"$sys/queue/logical_block_size")" "$model" "$serial" "$wwn" "$bus" "$(<"$sys/queue/rotational")" \
    "$(<"$sys/removable")" "$(<"$sys/ro")" "$(transport_of "$name" "$path")" "$(holds "$name")"
done | jq -Rn '
  def known: if . == null or . == "" then null else . end;
  [inputs | split("\t") | {
    name: .[0], id: (.[1] | known), bytes: (.[2] | tonumber), sector_bytes: (.[3] | tonumber), model: (.[4] | known),
    serial: (.[5] | known), wwn: (.[6] | known), bus_path: (.[7] | known), rotational: (.[8] == "1"),
    removable: (.[9] == "1"), read_only: (.[10] == "1"), transport: (.[11] | known),
    holds: (.[12] | split(",") | map(select(. != "")))}]'
