#!/bin/sh
# Loads the drivers of what is there. Buses show what hangs on them only when they are driven, and controllers look for
# their disks in threads of their own: so it goes on until nothing new has appeared for a moment. Meanwhile the network comes
# up; whoever must see everything waits for /run/anneal/drivers.
export PATH=/usr/sbin:/usr/bin LC_ALL=C

# How long it goes on at most, and how long nothing new must have appeared; in seconds.
DRIVERS_SECONDS_MAX=150
QUIET_PAUSE=0.3

# Disks need no more drivers, but the inventory wants them all.
disks() {
  ls /sys/block
  cat /sys/class/nvme/*/state 2>/dev/null
}

what_is_there() {
  find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u
}

seen=
until=$(($(cut -d. -f1 /proc/uptime) + DRIVERS_SECONDS_MAX))
# What no device asks for by itself; among it what a controller's disks are driven by.
modprobe -a -q sd_mod af_packet ext4 vfat nls_ascii nls_cp437 dm_mod loop efivarfs ipmi_si ipmi_devintf tpm_tis tpm_crb 2>/dev/null
while [ "$(cut -d. -f1 /proc/uptime)" -lt "$until" ]; do
  devices=$(what_is_there)
  found="$devices $(disks)"
  [ "$found" != "$seen" ] || break
  printf '%s\n' "$devices" | xargs -r modprobe -a -b -q 2>/dev/null
  seen=$found
  sleep "$QUIET_PAUSE"
done
if [ -d /sys/firmware/efi/efivars ]; then
  mount -t efivarfs -o nosuid,nodev,noexec efivarfs /sys/firmware/efi/efivars 2>/dev/null
fi
: >/run/anneal/drivers
# All cards are listened to from now on, so that switches have time to tell who they are.
setsid /usr/lib/anneal/lldp.sh </dev/null >/dev/null 2>&1 &
