# Asks the machine's BMC from inside how it is set. A machine without one is no mistake.

# A BMC answers at once or hangs.
ask() { timeout 20 ipmitool "$@" 2>/dev/null; }
value() { sed -n "s/^$1 *: *//p" | head -n 1 | tr -d '\\"' | tr -cd '[:print:]' | cut -c1-64; }
text() { if [ -n "$1" ]; then printf '"%s"' "$1"; else printf null; fi; }

if ! command -v ipmitool >/dev/null; then
  echo "ipmitool is missing: run this in the discovery system, or install the package ipmitool" >&2
  exit 1
fi
if ! info=$(ask mc info); then
  echo "no BMC answers from inside: this machine has none, or none that speaks IPMI"
  write_attribute bmc-facts null
  exit 0
fi

# The first channel that is a LAN: 1 with nearly all, 8 or one of the next with the others.
for channel in 1 8 2 3 4 5 6 7; do
  ask channel info "$channel" | grep -q 'Medium Type.*802.3 LAN' || continue
  lan=$(ask lan print "$channel") || continue
  address=$(value 'IP Address' <<<"$lan")
  [ "$address" != 0.0.0.0 ] || address=
  mac=$(value 'MAC Address' <<<"$lan")
  [ "$mac" != 00:00:00:00:00:00 ] || mac=
  echo "the BMC is on channel $channel, address ${address:-none}"
  write_attribute bmc-facts "$(
    printf '{"channel":%d,"address":%s,"mac":%s,"source":"%s","manufacturer":"%s","firmware":"%s"}' \
      "$channel" "$(text "$address")" "$(text "$mac")" "$(value 'IP Address Source' <<<"$lan")" \
      "$(value 'Manufacturer Name' <<<"$info")" "$(value 'Firmware Revision' <<<"$info")"
  )"
  exit 0
done
echo "the BMC has no channel that is a LAN: it cannot be reached over the network" >&2
exit 1
