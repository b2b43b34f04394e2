# Starts the machine anew, from a process that nobody waits for. A system without an answer to reboot is asked directly.
sync
setsid sh -c '
  sleep 1
  reboot -f || /bin/busybox reboot -f
  sleep 5
  echo 1 >/proc/sys/kernel/sysrq
  echo b >/proc/sysrq-trigger
' </dev/null >/dev/null 2>&1 &
