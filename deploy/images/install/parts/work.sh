#!/bin/sh
# Works the order off, step by step. Each step is a program of its own, in a session of its own, so that one that hangs
# can be ended with all it started. While a step runs, this process reports.
set -u
SHOWS=1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
. "$PARTS/order.sh"
. "$PARTS/say.sh"
. "$PARTS/report.sh"

# How often somebody who watches hears something, and the server that we live.
LOOK_SECONDS=0.5
TELL_SECONDS=5
# While the image is written reports are rarer: they cost the time of a processor that unpacks.
TELL_WRITING_SECONDS=10
# How long the server may take for the end: it waits until the machine would start from its disk.
FINISH_SECONDS=600
FAILURE_SECONDS=300

: >"$STATE/log"
: >"$STATE/reason"
: >"$STATE/host-key"
write_machine

# run_step NAME SECONDS FROM TO SENTENCE: FROM and TO are its share of the whole, in percent.
run_step() {
  echo "$1" >"$STATE/step"
  log "$5"
  echo 0 >"$STATE/part"
  began=$(uptime_seconds)
  told_at=$began
  every=$TELL_SECONDS
  [ "$1" != write ] || every=$TELL_WRITING_SECONDS
  case $1 in
  wipe) report_until_heard "$1" "$3" "$5" || return 1 ;;
  *) report_progress "$1" "$3" "$5" || return 1 ;;
  esac
  setsid sh "$PARTS/step-$1.sh" >>"$STATE/log" 2>&1 </dev/null &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    read -r now _ </proc/uptime
    now=${now%%.*}
    if [ $((now - began)) -gt "$2" ]; then
      end_step "$child"
      echo "step $1 did not end within $2 s" >"$STATE/reason"
      return 1
    fi
    if [ $((now - told_at)) -ge "$every" ]; then
      told_at=$now
      part=$(sh "$PARTS/part-done.sh" 2>/dev/null || echo 0)
      report_progress "$1" $(($3 + ($4 - $3) * ${part:-0} / 100)) "$5" || {
        end_step "$child"
        return 1
      }
    fi
    sleep $LOOK_SECONDS
  done
  wait "$child" && { log "step $1 took $(($(uptime_seconds) - began)) s"; return 0; }
  [ -s "$STATE/reason" ] || echo "step $1 failed: $(tail -n 1 "$STATE/log")" >"$STATE/reason"
  return 1
}

# end_step PID: ends it, and all that it started.
end_step() {
  kill -TERM -- "-$1" 2>/dev/null
  sleep 2
  kill -KILL -- "-$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

all_steps() {
  run_step verify 60 0 1 'comparing the granted disks with those that are here' &&
    run_step wipe 300 1 3 'taking what was on the granted disks off them' &&
    run_step partition 120 3 5 'making partitions' &&
    run_step write 3600 5 85 'writing the image' &&
    run_step grow 900 85 90 'growing the root file system' &&
    run_step identity 300 90 96 'making the system that of this node' &&
    run_step loader 180 96 99 'making the disk start'
}

if all_steps && quietly sh "$PARTS/step-release.sh"; then
  echo finish >"$STATE/step"
  log 'installed'
  if report_finish succeeded $FINISH_SECONDS; then
    log 'starting the new system'
    sh "$PARTS/restart.sh"
    exit 0
  fi
  exit 1
fi
sh "$PARTS/step-release.sh" >>"$STATE/log" 2>&1
[ -e "$STATE/disks" ] && sh "$PARTS/step-spoil.sh" >>"$STATE/log" 2>&1
log "the install has failed: $(cat "$STATE/reason")"
report_finish failed $FAILURE_SECONDS
exit 1
