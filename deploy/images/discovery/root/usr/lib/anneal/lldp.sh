#!/bin/bash
# Listens on every card for the frames in which switches tell who they are (IEEE 802.1AB), and keeps the last of each card.
# A switch speaks every thirty seconds; whoever is heard later than the machine enrols is told afterwards.
export PATH=/usr/sbin:/usr/bin LC_ALL=C
. /usr/lib/anneal/inventory/cards.sh
mkdir -p /run/anneal/neighbours

# LLDP's EtherType 0x88cc, as socat wants it: in network byte order read as a number of this host.
LLDP_TYPE=52360
LISTEN_SECONDS=120

# hears CARD: frames as hex, one a line, of at most 1,600 bytes.
listen() {
  local card=$1
  ip maddress add 01:80:c2:00:00:0e dev "$card" 2>/dev/null
  timeout "$LISTEN_SECONDS" socat -u -b 1600 "INTERFACE:$card,type=3,prototype=$LLDP_TYPE" "SYSTEM:/usr/lib/anneal/lldp-frame.sh $card" 2>/dev/null
}

for card in $(cards); do listen "$card" & done
wait
