#!/bin/bash
# A nightly job.
set -eu
printf '17 3 * * * daemon test -d /srv/bench/data\n' >/etc/cron.d/bench
echo nightly job written
