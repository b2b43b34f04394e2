# Goes over to the larger system for heavy work: a squashfs that is fetched, compared with what this image says of it, and
# covered by a layer in memory. When any of it fails the machine goes on in the small system, and says why.

second_stage() {
  layers=/run/anneal/layers
  if [ ! -r /etc/anneal/second-stage ]; then
    say 'this image does not say which second stage belongs to it: build it with `anneal images build discovery-large`'
    return 1
  fi
  read -r digest _ path </etc/anneal/second-stage
  url=$(word anneal.stage2)$path
  mkdir -p "$layers" /new
  mount -t tmpfs -o size=90%,mode=755 layers "$layers" || return 1
  mkdir "$layers/lower" "$layers/upper" "$layers/work"
  say "second stage from $url"
  curl -fsS -g --retry 8 --retry-all-errors --retry-max-time 300 -o "$layers/image" "$url" || return 1
  if [ "$(sha256sum <"$layers/image" | cut -d' ' -f1)" != "$digest" ]; then
    say "what $url sent is not the second stage of this image"
    return 1
  fi
  modprobe -a -q loop squashfs overlay
  mount -t squashfs -o loop,ro "$layers/image" "$layers/lower" || return 1
  mount -t overlay -o "lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/work" overlay /new || return 1
}

if second_stage; then
  await_drivers
  # The larger system asks for its addresses itself; what was learnt so far goes along in /run.
  for each in udhcpc dhcpcd socat; do killall -q "$each"; done
  cp -a /etc/resolv.conf /new/etc/resolv.conf 2>/dev/null
  mkdir -p /new/run
  mount --move /run /new/run
  for each in dev/shm dev/pts sys/firmware/efi/efivars; do umount "/$each" 2>/dev/null; done
  for each in dev sys proc; do mount --move "/$each" "/new/$each"; done
  exec switch_root /new /sbin/init
fi
umount -R /new /run/anneal/layers 2>/dev/null
say 'going on in the small system'
