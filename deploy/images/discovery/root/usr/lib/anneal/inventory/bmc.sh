# The management controller, asked from inside. Prints null where the machine has none.

# A controller answers at once or hangs.
ASK_SECONDS_MAX=8

ask() { timeout "$ASK_SECONDS_MAX" ipmitool -I open "$@" 2>/dev/null; }

if [[ ! -e /dev/ipmi0 ]] || ! info=$(ask mc info); then
  printf 'null\n'
  exit 0
fi
# The first channel that is a LAN and has settings: 1 with nearly all, 8 or one of the next with the others.
channel='' lan=''
for each in 1 8 2 3; do
  ask channel info "$each" | grep -q 'Medium Type.*802.3 LAN' || continue
  if lan=$(ask lan print "$each"); then
    channel=$each
    break
  fi
done
value() { sed -n "s/^$2 *: *//p" <<<"$1" | head -n 1; }
jq -n --arg address "$(value "$lan" 'IP Address')" --arg mac "$(value "$lan" 'MAC Address')" \
  --arg vendor "$(value "$info" 'Manufacturer Name')" --arg firmware "$(value "$info" 'Firmware Revision')" --arg channel "$channel" '
  def known: if . == "" or . == "0.0.0.0" or . == "00:00:00:00:00:00" or startswith("Unknown") then null else . end;
  {address: ($address | known), mac: ($mac | ascii_downcase | known), vendor: ($vendor | known), firmware: ($firmware | known),
   channel: (if $channel == "" then null else ($channel | tonumber) end)}'
