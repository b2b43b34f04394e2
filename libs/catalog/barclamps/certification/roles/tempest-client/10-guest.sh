# The image of the guests: the one that is given, or a small one that is made here. It is kept under the digest of what it is
# made of, so a second run makes nothing.
. /usr/lib/anneal/openstack/packages.sh
umask 022
folder=/var/lib/anneal/guests
mkdir -p $folder

if has_attribute tempest-guest-image; then
  url=$(read_attribute tempest-guest-image/url)
  sha256=$(read_attribute tempest-guest-image/sha256)
  image=$folder/$sha256.qcow2
  if [ ! -e "$image" ]; then
    install_packages curl
    echo "fetching $url"
    curl --fail --silent --show-error --location --max-time 900 --output "$image.new" "$url" || {
      echo "the guest image cannot be fetched from this node: is tempest-guest-image/url right?" >&2
      exit 1
    }
    if ! sha256sum --check --status <<<"$sha256  $image.new"; then
      echo "what $url gives is not what tempest-guest-image/sha256 says: $(sha256sum <"$image.new")" >&2
      rm "$image.new"
      exit 1
    fi
    mv "$image.new" "$image"
  fi
else
  if ! command -v dpkg >/dev/null || [ "$(dpkg --print-architecture)" != amd64 ]; then
    echo "a guest can be made on Debian for amd64 only: name one in tempest-guest-image" >&2
    exit 1
  fi
  install_packages cpio syslinux mtools dosfstools qemu-utils
  # Whatever it is made of is in its name: a newer kernel makes another image.
  kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^  Depends: \(linux-image-[^ ]*\)$/\1/p' | head -1)
  if [ -z "$kernel" ]; then
    echo "the mirrors have no linux-image-cloud-amd64, of which guests are made: name one in tempest-guest-image" >&2
    exit 1
  fi
  digest=$({ cat guest/*; apt-cache policy "$kernel" busybox dropbear-bin libc6 | grep Candidate; } | sha256sum | cut -d' ' -f1)
  image=$folder/$digest.qcow2
  if [ ! -e "$image" ]; then
    echo "making a guest of $kernel, busybox and dropbear"
    timeout 600 bash guest/make.sh "$kernel" "$image.new"
    mv "$image.new" "$image"
  fi
fi
ln --symbolic --force "$image" $folder/guest.qcow2
echo "guests start from $(stat --format='%n, %s bytes' "$image")"
