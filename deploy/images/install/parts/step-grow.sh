# Checks the file system that came with the image, gives it an identity of its own, and grows it to the end of its device.
set -eu
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"

recheck_disks
root=$(cat "$STATE/root-device")
uuid=$(cat /proc/sys/kernel/random/uuid)
# 1 says that something was put right.
code=0
quietly e2fsck -fp "$root" || code=$?
[ $code -le 1 ] || fail "the root file system is damaged (e2fsck says $code)"
quietly tune2fs -U "$uuid" "$root" || fail 'the root file system takes no new id'
quietly resize2fs "$root" || fail 'the root file system does not grow'
echo "$uuid" >"$STATE/root-uuid"
