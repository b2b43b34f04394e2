#!/bin/bash
# What a person who logs in reads.
set -eu
printf 'This node is managed: %s\n' "$HOSTNAME" >/etc/motd
read -r line </etc/motd
echo "$line"
