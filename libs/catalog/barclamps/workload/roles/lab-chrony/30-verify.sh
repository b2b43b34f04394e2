# Waits until chrony has a source, and writes down which.
# 20 looks, one second apart, at most: a server that answers at all has answered four times by then.
if ! chronyc -n waitsync 20 0 0 1; then
  chronyc -n sources || true
  echo "chrony found no time to follow: are the servers in lab-chrony-servers right, and can this node reach them?" >&2
  exit 1
fi

# "tracking" as comma separated values: reference, address, stratum, and more. 127.127.1.1 is the node's own clock.
tracking=$(chronyc -n -c tracking)
IFS=, read -r _ address stratum _ <<<"$tracking"
source=server
case $address in '' | 127.127.1.1) source=local ;; esac
if [ "$source" = local ] && has_attribute lab-chrony-servers/0; then
  chronyc -n sources || true
  echo "none of the time servers answers: are they right, and can this node reach them?" >&2
  exit 1
fi
echo "the time comes from $source${address:+ ($address)}, stratum $stratum"
write_attribute lab-chrony-status "{\"source\": \"$source\", \"stratum\": $stratum}"
