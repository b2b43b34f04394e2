#!/bin/bash
# The folders of a service.
set -eu
mkdir -p /srv/bench/data /srv/bench/log
echo /srv/bench/*
