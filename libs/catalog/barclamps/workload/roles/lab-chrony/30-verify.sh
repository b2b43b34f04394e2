# Waits until chrony has a source, and writes down which.
# 20 looks, one second apart, at most: a server that answers at all has answered four times by then.
if has_attribute lab-chrony-servers/0 && ! chronyc -n waitsync 20 0 0 1; then
  chronyc -n sources || true
  echo "chrony found no time to follow: are the servers in lab-chrony-servers right, and can this node reach them?" >&2
  exit 1
fi

# "tracking" as comma separated values: reference, address, stratum, and more. 127.127.1.1 is the node's own clock.
for ((look = 0; look < 20; look++)); do
  IFS=, read -r _ address stratum _ <<<"$(chronyc -n -c tracking || true)"
  # Stratum 0 is chrony's word for "no time yet", and an empty answer means that it has only just started.
  if [ "${stratum:-0}" -gt 0 ]; then break; fi
  sleep 0.5
done
if [ "${stratum:-0}" -eq 0 ]; then
  echo "chrony has started and keeps no time; its last words:" >&2
  systemctl --no-pager --lines 20 status chrony >&2 || true
  exit 1
fi
source=server
case $address in '' | 127.127.1.1) source=local ;; esac
echo "the time comes from $source${address:+ ($address)}, stratum $stratum"
write_attribute lab-chrony-status "{\"source\": \"$source\", \"stratum\": $stratum}"
