# Finds the card that the machine booted from and gives it addresses: IPv4 by DHCP, IPv6 by router advertisements and DHCPv6.
# Either family is enough; whichever comes first is used, and the other one may follow.

# Seconds that a card may take to appear while drivers are being loaded, and either family to bring an address.
CARD_WAIT_MAX=180
ADDRESS_WAIT_MAX=60

cards() {
  for folder in /sys/class/net/*; do
    [ -e "$folder/device" ] && [ "$(cat "$folder/type")" = 1 ] && printf '%s\n' "${folder##*/}"
  done
}

# The card with the address that the boot loader told; without one, when all are there, the only one or the first with a link.
boot_card() {
  wanted=$(word anneal.mac | tr A-F a-f)
  [ -n "$wanted" ] || [ -e /run/anneal/drivers ] || return
  found=
  for card in $(cards); do
    if [ -z "$wanted" ] || [ "$(cat "/sys/class/net/$card/address")" = "$wanted" ]; then
      found="${found:+$found }$card"
    fi
  done
  for card in ${found:-}; do
    if [ "$found" = "$card" ] || [ "$(cat "/sys/class/net/$card/carrier" 2>/dev/null)" = 1 ]; then
      printf '%s\n' "$card"
      return
    fi
  done
}

has_address() {
  ip -o addr show dev "$1" scope global 2>/dev/null | grep -v tentative | grep -q inet
}

ip link set lo up
until=$(($(cut -d. -f1 /proc/uptime) + CARD_WAIT_MAX))
card=
while [ -z "$card" ] && [ "$(cut -d. -f1 /proc/uptime)" -lt "$until" ]; do
  for each in $(cards); do ip link set "$each" up; done
  card=$(boot_card)
  [ -n "$card" ] || sleep 0.3
done
mkdir -p /run/anneal
if [ -z "$card" ]; then
  say "no network card with the address $(word anneal.mac) appears: is its driver in this image?"
else
  printf '%s\n' "$card" >/run/anneal/card
  say "network over $card"
  echo 2 >"/proc/sys/net/ipv6/conf/$card/accept_ra" 2>/dev/null
  udhcpc -b -S -t 30 -T 2 -A 5 -i "$card" -s /usr/lib/anneal/lease4.sh -x "hostname:$(word anneal.mac | tr -d :)" \
    -O ntpsrv -O search >/run/anneal/udhcpc.log 2>&1 &
  dhcpcd -6 -B -q -f /usr/lib/anneal/dhcpcd.conf -c /usr/lib/anneal/lease6.sh "$card" >/run/anneal/dhcpcd.log 2>&1 &
  until=$(($(cut -d. -f1 /proc/uptime) + ADDRESS_WAIT_MAX))
  while ! has_address "$card" && [ "$(cut -d. -f1 /proc/uptime)" -lt "$until" ]; do sleep 0.2; done
  say "addresses: $(ip -o addr show dev "$card" scope global | awk '{ printf "%s ", $4 }')"
fi
