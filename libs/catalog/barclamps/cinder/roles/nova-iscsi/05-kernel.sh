# Volumes over iSCSI come in through the kernel. Before anything is installed: it can, or this is not the place.
modprobe iscsi_tcp 2>/dev/null || true
if [ ! -d /sys/class/iscsi_transport ]; then
  echo "the kernel of this node has no iSCSI (a container has its host's): use volumes from Ceph with nova-rbd" >&2
  exit 1
fi
