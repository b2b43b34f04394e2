# make.sh KERNEL IMAGE: makes a guest that boots in seconds even where a processor is emulated: Debian's kernel for clouds,
# busybox, an SSH server, and an init that asks DHCP and the metadata service. All of it lives in memory; the disk holds
# nothing but loader, kernel and archive.
set -euo pipefail
kernel=$1 image=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d /var/tmp/guest.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir "$work"/{packages,parts,root}
chmod 777 "$work/packages"

# Libraries of busybox and dropbear; what is not needed is not copied below.
cd "$work/packages"
apt-get --quiet --quiet download "$kernel" busybox dropbear-bin libc6 libcrypt1 libgmp10 libtomcrypt1 libtommath1 zlib1g
for package in *.deb; do dpkg --extract "$package" "$work/parts"; done

parts=$work/parts root=$work/root
version=$(ls "$parts/lib/modules")
mkdir -p "$root"/{bin,sbin,etc/dropbear,proc,sys,dev,run,tmp,mnt,var/log,root,lib/modules,lib/x86_64-linux-gnu,lib64,home/cirros}

# In the order in which they need each other; init loads them in the same. What the kernel has built in has no file.
modules=(
  net/core/failover drivers/net/net_failover drivers/virtio/virtio_ring drivers/virtio/virtio
  drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci
  drivers/block/virtio_blk drivers/net/virtio_net drivers/char/hw_random/virtio-rng net/packet/af_packet
  drivers/input/evdev drivers/acpi/button
)
for module in "${modules[@]}"; do
  file=$parts/lib/modules/$version/kernel/$module.ko
  if [ -f "$file" ]; then
    cp "$file" "$root/lib/modules/"
    basename "$module"
  fi
done >"$root/lib/modules/order"

find "$parts" -type f -path '*bin/busybox' -exec cp {} "$root/bin/busybox" ';'
find "$parts" -type f -path '*bin/dropbear*' -exec cp {} "$root/bin/" ';'
# Only libraries that came with these packages: those of the node may be newer than the kernel's release. They need each other,
# so they are looked for among these as well.
among=$parts/usr/lib/x86_64-linux-gnu:$parts/lib/x86_64-linux-gnu
needed=$(
  find "$root/bin" -type f -exec env LD_LIBRARY_PATH="$among" ldd {} + 2>/dev/null |
    sed -n 's/^\t\(.*\.so[^ ]*\) .*/\1/p' | xargs -n1 basename | sort -u
)
for library in $needed libnss_files.so.2; do
  file=$(find "$parts" -name "$library" | head -1)
  if [ -n "$file" ]; then cp --dereference "$file" "$root/lib/x86_64-linux-gnu/"; fi
done
cp --dereference "$(find "$parts" -name 'ld-linux-x86-64.so.2' | head -1)" "$root/lib64/"

install -m 755 "$here/init" "$root/init"
install -m 755 "$here/dhcp" "$root/bin/dhcp"
install -m 755 "$here/lsblk" "$root/bin/lsblk"
(cd "$root" && find . | cpio --quiet --create --format=newc --owner=0:0 | gzip -9) >"$work/initrd.gz"
cp "$parts/boot/vmlinuz-$version" "$work/vmlinuz"

# A FAT disk with a loader, of so many KiB as it needs and a little more, in whole MiB.
bytes=$(($(stat --format=%s "$work/vmlinuz") + $(stat --format=%s "$work/initrd.gz")))
mkfs.vfat -C "$work/disk" $(((bytes / 1048576 + 4) * 1024)) >/dev/null
cat >"$work/syslinux.cfg" <<END
default guest
prompt 0
timeout 1
label guest
  kernel vmlinuz
  append initrd=initrd.gz console=tty0 console=ttyS0,115200 quiet mitigations=off nowatchdog tsc=reliable
END
mcopy -i "$work/disk" "$work/vmlinuz" "$work/initrd.gz" "$work/syslinux.cfg" ::
syslinux --install "$work/disk"
qemu-img convert -O qcow2 -c "$work/disk" "$image"
