# Makes the disks start, last of all: the loader's configuration, then its parts that waited, then the boot sector. Where
# there is UEFI the system gets an entry after those of the network, so that the next boot is still asked for its wish.
set -eu
umask 022
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"
. "$PARTS/target.sh"
. "$PARTS/efi.sh"

MIB=1048576
# What of the first sector is code; the rest is the partition table.
BOOT_CODE_BYTES=440
ESP_MIB=64

uuid=$(cat "$STATE/root-uuid")
case $(order layout) in lvm) root=$(cat "$STATE/root-device") ;; *) root=UUID=$uuid ;; esac
params="console=tty0 console=ttyS0,115200n8 quiet $(order params)"
mount_target
put 644 /boot/grub/grub.cfg <<CONFIG
serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
linux /vmlinuz root=$root ro $params
initrd /initrd.img
boot
CONFIG
[ -e "$TARGET/vmlinuz" ] && [ -e "$TARGET/initrd.img" ] || fail 'the image has no /vmlinuz or no /initrd.img'
umount "$TARGET" || fail 'the root file system cannot be closed'

recheck_disks
first=$(sed -n 1p "$STATE/system-disks")
for name in $(cat "$STATE/system-disks"); do
  esp=/dev/$(partition_of "$name" 2)
  [ "$name" = "$first" ] || dd if="/dev/$(partition_of "$first" 2)" of="$esp" bs=$MIB count=$ESP_MIB conv=notrunc,fsync 2>/dev/null
  dd if="$STATE/image-esp" of="$esp" bs=$MIB conv=notrunc,fsync 2>/dev/null
  mkdir -p "$STATE/esp"
  modprobe -aq vfat nls_cp437 nls_ascii || :
  mount -t vfat "$esp" "$STATE/esp" || fail "the EFI system partition $esp cannot be mounted"
  [ -d "$STATE/esp/EFI/debian" ] || fail 'the image has no loader for UEFI'
  cat >"$STATE/esp/EFI/debian/grub.cfg" <<CONFIG
search --no-floppy --fs-uuid --set=root $uuid
set prefix=(\$root)/boot/grub
configfile \$prefix/grub.cfg
CONFIG
  umount "$STATE/esp" || fail 'the EFI system partition cannot be closed'
  dd if="$STATE/image-core" of="/dev/$(partition_of "$name" 1)" bs=$MIB conv=notrunc,fsync 2>/dev/null
done
for name in $(cat "$STATE/system-disks"); do
  dd if="$STATE/image-head" of="/dev/$name" bs=$BOOT_CODE_BYTES count=1 conv=notrunc,fsync 2>/dev/null || fail "/dev/$name takes no boot sector"
done
[ ! -d /sys/firmware/efi ] || place_efi_entries || log 'the firmware takes no boot entry; its own search will find the disk'
sync
