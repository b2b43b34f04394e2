#!/bin/bash
# The programs that the service needs are installed.
set -eu
for program in curl jq rsyslogd haproxy systemctl; do
  type -P "$program"
done
