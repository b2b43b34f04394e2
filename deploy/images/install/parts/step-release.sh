# Closes whatever of the new system is open. Harmless where nothing is.
set -u
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"
. "$PARTS/lvm.sh"

for place in "$STATE/target" "$STATE/esp"; do
  mountpoint -q "$place" 2>/dev/null && { umount "$place" || umount -l "$place"; }
done
sync
[ -s "$STATE/system-disks" ] || exit 0
[ ! -s "$STATE/volume-group" ] || run_lvm vgchange -an "$(cat "$STATE/volume-group")" || :
for name in $(cat "$STATE/system-disks"); do
  array=$(md_of "$name") && quietly mdadm --stop "/dev/$array"
done
exit 0
