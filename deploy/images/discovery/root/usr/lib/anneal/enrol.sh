# Tells the server what this machine is, with the ticket of this boot as the proof. The ticket stands on the kernel line,
# where every process can read it: it works once, and has worked when this is done.

# Seconds between attempts: doubled each time, up to the most. When the ticket has had its time only a new boot brings
# another one.
FIRST_PAUSE=1
PAUSE_MAX=30
TICKET_LIFE=1700
# How long the reason of a refusal stands on the console before the machine boots again.
REFUSED_PAUSE=300

enrol() {
  url=$(word anneal.url)/api/v2/machines/enrol
  pause=$FIRST_PAUSE
  jq -n --arg ticket "$(word anneal.ticket)" --arg host_key "$(cat /run/anneal/host-key.pub)" \
    --arg boot_id "$(cat /proc/sys/kernel/random/boot_id)" --slurpfile inventory /run/anneal/inventory.json \
    '{ticket: $ticket, inventory: $inventory[0], host_key: $host_key, boot_id: $boot_id}' >/run/anneal/enrolment.json
  while :; do
    status=$(curl -sS -g -m 30 -o /run/anneal/answer.json -D /run/anneal/answer.head -w '%{http_code}' \
      -H 'content-type: application/json' --data-binary @/run/anneal/enrolment.json "$url" 2>/run/anneal/curl.log)
    case $status in
      201 | 200) break ;;
      000) say "no answer from $url: $(tail -n 1 /run/anneal/curl.log)" ;;
      408 | 425 | 429 | 5??) say "the server cannot take it now ($status)" ;;
      *)
        say "the server does not take this machine ($status): $(jq -r '.detail // .title // "no reason given"' /run/anneal/answer.json 2>/dev/null)"
        boot_again "$REFUSED_PAUSE"
        ;;
    esac
    [ "$(cut -d. -f1 /proc/uptime)" -lt "$TICKET_LIFE" ] || boot_again 0
    sleep "$pause"
    pause=$((pause * 2 > PAUSE_MAX ? PAUSE_MAX : pause * 2))
  done
  rm -f /run/anneal/enrolment.json
}

boot_again() {
  say "booting again in $1 s, for a new ticket"
  sleep "$1"
  reboot -f
  sleep 60
}
