# Makes the system that of this node: its name, its host key, who may log in, its network, and how it says that it has
# started. The host key is made here, so that whoever installs knows it before the system first speaks.
set -eu
umask 022
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/disk-facts.sh"
. "$PARTS/target.sh"

recheck_disks
mount_target
name=$(order node)
printf '%s\n' "${name%%.*}" | put 644 /etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s %s\n::1 localhost ip6-localhost ip6-loopback\n' "$name" "${name%%.*}" | put 644 /etc/hosts
: | put 644 /etc/machine-id
case $(order layout) in
lvm) echo "$(cat "$STATE/root-device") / ext4 errors=remount-ro 0 1" ;;
*) echo "UUID=$(cat "$STATE/root-uuid") / ext4 errors=remount-ro 0 1" ;;
esac | put 644 /etc/fstab
if [ "$(order layout)" = raid1 ]; then
  { echo 'HOMEHOST <ignore>'; echo 'MAILADDR root'; mdadm --detail --brief "$(cat "$STATE/root-device")"; } | put 644 /etc/mdadm/mdadm.conf
fi

mkdir -p "$TARGET/root/.ssh"
chmod 700 "$TARGET/root/.ssh"
jq -r '.authorized_keys // [] | .[]' "$STATE/order.json" | put 600 /root/.ssh/authorized_keys

rm -f "$TARGET"/etc/ssh/ssh_host_*
ssh-keygen -q -t ed25519 -N '' -C "${name%%.*}" -f "$TARGET/etc/ssh/ssh_host_ed25519_key" 2>/dev/null ||
  quietly chroot "$TARGET" ssh-keygen -q -t ed25519 -N '' -C "${name%%.*}" -f /etc/ssh/ssh_host_ed25519_key || fail 'no host key can be made'
cut -d' ' -f1,2 "$TARGET/etc/ssh/ssh_host_ed25519_key.pub" >"$STATE/host-key"

proxy=$(order proxy)
[ -z "$proxy" ] || printf 'Acquire::http::Proxy "%s";\n' "$proxy" | put 644 /etc/apt/apt.conf.d/60anneal-proxy

count=$(order files)
index=0
while [ "$index" -lt "$count" ]; do
  jq -j ".files[$index].content" "$STATE/order.json" | put "$(jq -r ".files[$index].mode" "$STATE/order.json")" "$(jq -r ".files[$index].path" "$STATE/order.json")"
  index=$((index + 1))
done

put 755 /usr/lib/anneal/anneal-join <"$PARTS/../join/anneal-join.sh"
put 644 /etc/systemd/system/anneal-join.service <"$PARTS/../join/anneal-join.service"
mkdir -p "$TARGET/etc/systemd/system/multi-user.target.wants" "$TARGET/etc/anneal"
ln -sf ../anneal-join.service "$TARGET/etc/systemd/system/multi-user.target.wants/anneal-join.service"
chmod 700 "$TARGET/etc/anneal"
order join_url | put 600 /etc/anneal/join-url
order join_token | put 600 /etc/anneal/join-token
cat /proc/sys/kernel/random/boot_id | put 600 /etc/anneal/installed-by-boot
umount "$TARGET" || fail 'the root file system cannot be closed'
