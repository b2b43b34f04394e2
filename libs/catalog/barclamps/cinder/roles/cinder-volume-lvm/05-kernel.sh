# Logical volumes are made by the kernel's device mapper. Before anything is installed: it is there, or this is not the place.
modprobe dm_mod 2>/dev/null || true
if ! grep --quiet --word-regexp device-mapper /proc/misc || [ ! -e /dev/mapper/control ]; then
  echo "this node has no device mapper (a container never has): bind cinder-volume-lvm to a machine of its own, or cinder-volume-rbd here" >&2
  exit 1
fi
if ! has_attribute cinder-lvm-devices/0; then
  echo "no disk is given for volumes: set cinder-lvm-devices of this node to links in /dev/disk/by-id" >&2
  exit 1
fi
