# Loads the drivers of what is there. Twice, because buses show what hangs on them only when they are driven.

load_drivers() {
  find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u | xargs -r modprobe -a -b -q 2>/dev/null
}

load_drivers
load_drivers
# What no device asks for by itself.
modprobe -a -q af_packet ext4 vfat nls_ascii nls_cp437 dm_mod loop efivarfs ipmi_si ipmi_devintf tpm_tis tpm_crb 2>/dev/null
if [ -d /sys/firmware/efi/efivars ]; then mount -t efivarfs -o nosuid,nodev,noexec efivarfs /sys/firmware/efi/efivars 2>/dev/null; fi
# Controllers look for their disks on threads of their own; this waits for those that are under way.
modprobe -q scsi_wait_scan 2>/dev/null || :
