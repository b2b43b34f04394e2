#!/bin/sh
# In a boot that is meant to install: fetches the order, which is given out once, and hands it to the installer.
. /usr/lib/anneal/words.sh
umask 077

CONNECT_SECONDS=20
ANSWER_SECONDS=120
TRIES=30

url=$(word anneal.order)
[ -n "$url" ] || exit 0
mkdir -p /run/anneal
try=1
# Only a server that was not reached is asked again: an answer that was lost is not given a second time.
until code=$(curl -sS --noproxy '*' --connect-timeout $CONNECT_SECONDS -m $ANSWER_SECONDS -o /run/anneal/order.json -w '%{http_code}' "$url" 2>/run/anneal/order-error); do
  [ $try -lt $TRIES ] || break
  try=$((try + 1))
  sleep 2
done
if [ "$code" != 200 ]; then
  say "no order for this machine (HTTP $code): $(head -c 300 /run/anneal/order.json 2>/dev/null) $(cat /run/anneal/order-error)"
  exit 1
fi
anneal-install /run/anneal/order.json
rm -f /run/anneal/order.json
