#!/bin/sh
# Looks once a minute whether cards have lost their link and disks have gone since the machine enrolled, and tells the
# server, once for each change. What is done about it is decided there.
export PATH=/usr/sbin:/usr/bin LC_ALL=C
. /usr/lib/anneal/words.sh

LOOK_SECONDS=60
told=/run/anneal/told
mkdir -p "$told"
umask 077

# report PART SUBJECT SEVERITY SAYS: true when the server has taken it.
report() {
  printf 'authorization: Bearer %s\n' "$(cat /run/anneal/token)" >/run/anneal/report.head
  jq -n --arg part "$1" --arg subject "$2" --arg severity "$3" --arg says "$4" \
    '{part: $part, subject: $subject, severity: $severity, says: $says}' |
    curl -fsS -g -m 20 -o /dev/null -H @/run/anneal/report.head -H 'content-type: application/json' --data-binary @- \
      "$(cat /run/anneal/api-url)/api/v2/nodes/$(cat /run/anneal/node)/reports" 2>/dev/null
  taken=$?
  rm -f /run/anneal/report.head
  return "$taken"
}

# is_now PART SUBJECT well|failure SAYS: tells what is not as it was told last. At first all is well.
is_now() {
  mark=$told/$1-$(printf %s "$2" | tr -c 'A-Za-z0-9\n' _)
  before=$(cat "$mark" 2>/dev/null || echo well)
  [ "$before" = "$3" ] || { report "$1" "$2" "$3" "$4" && printf '%s\n' "$3" >"$mark"; }
}

jq -r '.links[] | select(.up) | .name' /run/anneal/inventory.json >/run/anneal/watched-links
jq -r '.disks[] | select(.id != null and (.removable | not)) | "\(.name) \(.id)"' /run/anneal/inventory.json >/run/anneal/watched-disks

while sleep "$LOOK_SECONDS"; do
  while read -r card; do
    if [ "$(cat "/sys/class/net/$card/carrier" 2>/dev/null)" = 1 ]; then
      is_now link "$card" well "$card has its link again"
    else
      is_now link "$card" failure "$card had a link when the machine enrolled, and has none now"
    fi
  done </run/anneal/watched-links
  while read -r name id; do
    if [ -e "/sys/block/$name" ]; then
      is_now drive "$id" well "$name is there again"
    else
      is_now drive "$id" failure "$name was there when the machine enrolled, and is gone"
    fi
  done </run/anneal/watched-disks
done
