#!/bin/bash
# Rotation of the service's log.
set -eu
printf '/srv/bench/log/*.log {\n  weekly\n  rotate 4\n  missingok\n}\n' >/etc/logrotate.d/bench
echo rotation written
