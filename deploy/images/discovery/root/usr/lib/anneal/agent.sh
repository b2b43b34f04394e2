#!/bin/sh
# What the machine does once it has a network: it makes its host key, finds out what it is, tells the server, and lets the
# server in. Then nothing more: everything else comes over SSH.
export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C
umask 077
. /usr/lib/anneal/words.sh
. /usr/lib/anneal/host-key.sh
. /usr/lib/anneal/enrol.sh
. /usr/lib/anneal/settle.sh

make_host_key
# In a boot that installs, that begins at once; whether anybody is let in is another matter.
if [ -n "$(word anneal.order)" ]; then /usr/lib/anneal/install/take-order.sh & fi
await_drivers
say 'taking stock'
/usr/lib/anneal/inventory.sh >/run/anneal/inventory.json || say 'the inventory is not whole'
if [ -z "$(word anneal.ticket)" ] || [ -z "$(word anneal.url)" ]; then
  say 'the kernel line has no anneal.url and anneal.ticket: nobody is told, and nobody is let in'
  exit 0
fi
enrol
settle
start_ssh
say "enrolled as $(cat /etc/hostname)"
exec /usr/lib/anneal/watch.sh
