#!/bin/bash
# Limits of the service's account.
set -eu
printf 'daemon soft nofile 8192\ndaemon hard nofile 16384\n' >/etc/security/limits.d/bench.conf
echo limits written
