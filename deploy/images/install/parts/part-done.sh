# How much of the step that is under way is done, in percent: of writing, what the disk has taken.
. "$PARTS/order.sh"
SYS=${ANNEAL_SYS:-/sys}
if [ "$(cat "$STATE/step")" = write ] && [ -s "$STATE/write-from" ]; then
  first=$(sed -n 1p "$STATE/system-disks")
  now=$(awk '{ print $7 }' "$SYS/block/$first/stat")
  done=$(((now - $(cat "$STATE/write-from")) * 512 / ($(order image_raw_bytes) / 100)))
  [ "$done" -gt 99 ] && done=99
  echo "$done"
else
  echo 0
fi
