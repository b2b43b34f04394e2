# Sends to the machine after this one, in the order of their names, and compares the digest of what that one got.
mib=$(read_attribute burn-in-network-mib)
count=0 mine=-1
for ((i = 0; ; i++)); do
  has_attribute "burn-in-listens/$i" || break
  [ "$(read_attribute "burn-in-listens/$i/node")" != "$ANNEAL_NODE" ] || mine=$i
  count=$((count + 1))
done
if [ "$count" -lt 2 ]; then
  echo "there is no other machine with the role burn-in-listener in this deployment: bind it to two at least" >&2
  exit 1
fi
peer=$(((mine + 1) % count))
node=$(read_attribute "burn-in-listens/$peer/node")
address=$(read_attribute "burn-in-listens/$peer/address")
port=$(read_attribute "burn-in-listens/$peer/value/port")
if [ -z "$address" ] || [ -z "$port" ]; then
  echo "$node has no address on the admin network, or does not listen" >&2
  exit 1
fi
bytes=$((mib * 1048576))
# The same megabyte again and again, which differs from run to run.
block=$(mktemp)
trap 'rm -f "$block"' EXIT
head -c 1048576 /dev/urandom >"$block"
stream() { for ((n = 0; n < mib; n++)); do cat "$block"; done; }
expected=$(stream | sha256sum | cut -d' ' -f1)
echo "sending $mib MiB to $node ($address port $port)"
exec 5<>"/dev/tcp/$address/$port"
begin=$(date +%s%N)
{
  echo "$bytes"
  stream
} >&5
read -r -t 600 got <&5
took_ms=$((($(date +%s%N) - begin) / 1000000 + 1))
exec 5>&-
if [ "${got%% *}" != "$expected" ]; then
  echo "$node got something else than was sent: look at the cards, the cables and the switch between the two" >&2
  exit 1
fi
write_attribute burn-in-network-result "$(printf '{"node":"%s","mib":%d,"mib_per_second":%d}' "$node" "$mib" "$((mib * 1000 / took_ms))")"
