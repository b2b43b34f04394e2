#!/bin/bash
# A settings file, put in place whole.
set -eu
printf 'listen = 127.0.0.1:9100\ndata = /srv/bench/data\nworkers = 2\n' >/srv/bench/settings.draft
mv /srv/bench/settings.draft /srv/bench/settings.conf
echo settings written
