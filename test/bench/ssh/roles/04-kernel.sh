#!/bin/bash
# Kernel settings for the next boot.
set -eu
printf 'net.ipv4.tcp_fin_timeout = 30\nvm.swappiness = 10\n' >/etc/sysctl.d/60-bench.conf
echo kernel settings written
