# Volumes and mirrors of the granted disks, and of no others: LVM is shown nothing else.

# run_lvm COMMAND ARG...: one command of LVM that sees the system disk alone.
run_lvm() {
  seen=/dev/$(partition_of "$(sed -n 1p "$STATE/system-disks")" 3)
  command=$1
  shift
  DM_DISABLE_UDEV=1 quietly lvm "$command" --config "devices { use_devicesfile=0 filter=[\"a|^$seen\$|\",\"r|.*|\"] global_filter=[\"a|^$seen\$|\",\"r|.*|\"] } activation { udev_sync=0 udev_rules=0 monitoring=0 } backup { backup=0 archive=0 }" "$@"
}

# md_of NAME: the array on a disk.
md_of() {
  for holder in "$SYS/block/$1/$1"*/holders/md*; do
    [ -e "$holder" ] && { echo "${holder##*/}"; return 0; }
  done
  return 1
}
