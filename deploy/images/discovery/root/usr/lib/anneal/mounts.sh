# The file systems that the kernel keeps, and what a login wants to find.

mkdir -p /proc /sys /dev /run /tmp /root /mnt /var/log /var/lib /var/tmp
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t devtmpfs -o nosuid dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o nosuid,noexec,gid=5,mode=620 devpts /dev/pts
mount -t tmpfs -o nosuid,nodev,mode=755 run /run
mount -t tmpfs -o nosuid,nodev,mode=1777 shm /dev/shm
mount -t tmpfs -o nosuid,nodev,mode=1777 tmp /tmp
ln -snf /proc/self/fd /dev/fd
mkdir -p /run/lock /run/anneal
chmod 1777 /var/tmp
chmod 700 /root
# Messages of the kernel that are no errors stay off the console, where the agent speaks.
echo 4 >/proc/sys/kernel/printk
