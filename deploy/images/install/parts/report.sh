# Tells the server how it goes. The token stands in a file: a command line can be read by everybody.

# Of one report; a server that is busy with many installs may take its time.
REPORT_SECONDS=20
# Lines of the log in one report, and in the last one.
LINES_MAX=200
TAIL_LINES=120

# post ADDRESS FILE: sends JSON. Prints the HTTP status, 000 where nobody answered.
post() {
  [ -s "$STATE/headers" ] ||
    printf 'authorization: Bearer %s\ncontent-type: application/json\n' "$(order token)" >"$STATE/headers"
  curl -sS -o "$STATE/answer" -w '%{http_code}' -m "$REPORT_SECONDS" --noproxy '*' \
    -H "@$STATE/headers" --data-binary "@$2" "$1" 2>>"$STATE/curl-errors" || :
}

# Each line as a text of JSON, with commas between. By sed, since it is done every few seconds beside the writing.
json_lines() {
  tr -cd '\12\40-\176' | cut -c1-2000 | sed 's/[\\"]/\\&/g; s/^/"/; s/$/"/; $!s/$/,/'
}

# write_machine: who reports, so that the server can tell this machine from another with its token.
write_machine() {
  macs=
  for card in "${ANNEAL_SYS:-/sys}"/class/net/*; do
    [ -e "$card/device" ] && macs="$macs${macs:+,}\"$(cat "$card/address")\""
  done
  uuid=$(cat "${ANNEAL_SYS:-/sys}/class/dmi/id/product_uuid" 2>/dev/null | tr 'A-F' 'a-f')
  {
    printf '"boot_id":"%s"' "$(cat /proc/sys/kernel/random/boot_id)"
    [ -z "$macs" ] || printf ',"macs":[%s]' "$macs"
    ! printf '%s' "$uuid" | grep -qE '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' || printf ',"uuid":"%s"' "$uuid"
  } >"$STATE/machine"
}

# disks_seen: the granted disks as they were found here; told once, before anything is written, so that the server can
# compare them as well.
disks_seen() {
  [ -s "$STATE/disks" ] && [ ! -e "$STATE/disks-told" ] || return 0
  jq -Rnc --slurpfile here "$STATE/here.json" '
    [inputs | capture("^(?<name>\\S+) \\S+ (?<bytes>\\d+) (?<id>.+)$") | .name as $name |
      {id, bytes: (.bytes | tonumber), serial: ($here[0][] | select(.name == $name) | .serial)}]' "$STATE/found" | sed 's/^/,"disks":/'
}

# report_progress STEP PERCENT SENTENCE: fails when the server says that this install is over. Whether it was heard at all
# stands in `heard`.
report_progress() {
  told=$(cat "$STATE/told" 2>/dev/null || echo 0)
  tail -n "+$((told + 1))" "$STATE/log" 2>/dev/null | head -n "$LINES_MAX" >"$STATE/lines"
  {
    printf '{"step":"%s","percent":%d,"says":"%s","log":[' "$1" "$2" "$3"
    json_lines <"$STATE/lines"
    printf '],'
    cat "$STATE/machine"
    disks_seen
    printf '}'
  } >"$STATE/report.json"
  code=$(post "$(order report_url)/progress" "$STATE/report.json")
  case $code in
  2??)
    echo $((told + $(wc -l <"$STATE/lines"))) >"$STATE/told"
    : >"$STATE/heard"
    [ ! -s "$STATE/disks" ] || : >"$STATE/disks-told"
    ;;
  401 | 403 | 404 | 409 | 410)
    echo "the server has ended this install (it answered $code)" >"$STATE/reason"
    return 1
    ;;
  esac
  return 0
}

# report_until_heard STEP PERCENT SENTENCE: before anything is written. A server that cannot be heard may have ended this
# install; fails when it stays silent for HEARD_SECONDS.
HEARD_SECONDS=180
report_until_heard() {
  rm -f "$STATE/heard"
  until=$(($(uptime_seconds) + HEARD_SECONDS))
  pause=1
  while :; do
    report_progress "$@" || return 1
    [ ! -e "$STATE/heard" ] || return 0
    if [ "$(uptime_seconds)" -ge "$until" ]; then
      echo "nobody answered for $HEARD_SECONDS s before the disks were to be written to (the last answer was $code)" >"$STATE/reason"
      return 1
    fi
    sleep "$pause"
    [ "$pause" -lt 15 ] && pause=$((pause * 2))
  done
}

# report_finish OUTCOME SECONDS: tries until the server has taken it. Fails when it does not.
report_finish() {
  until=$(($(uptime_seconds) + $2))
  jq -n --arg outcome "$1" --rawfile reason "$STATE/reason" --rawfile key "$STATE/host-key" --slurpfile order "$STATE/order.json" \
    --argjson machine "{$(cat "$STATE/machine")}" \
    --arg tail "$(tail -n "$TAIL_LINES" "$STATE/log" | tail -c 30000)" '
    def given: rtrimstr("\n") | if . == "" then null else . end;
    {outcome: $outcome, disks: ($order[0].disks | map(.id)), host_key: ($key | given), log_tail: ($tail | split("\n"))}
    + $machine + (if $outcome == "failed" then {reason: ($reason | given // "it says no reason")} else {} end)' >"$STATE/finish.json"
  pause=1
  while :; do
    code=$(post "$(order report_url)/finish" "$STATE/finish.json")
    case $code in
    2??) return 0 ;;
    408 | 425 | 429) ;;
    4??)
      log "the server does not take the end of this install (it answered $code): $(head -c 300 "$STATE/answer" 2>/dev/null)"
      return 1
      ;;
    esac
    [ "$(uptime_seconds)" -ge "$until" ] && { log "nobody took the end of this install in $2 s"; return 1; }
    sleep "$pause"
    [ "$pause" -lt 15 ] && pause=$((pause * 2))
  done
}

# Seconds since the machine started: no clock that somebody sets.
uptime_seconds() { cut -d. -f1 /proc/uptime; }
