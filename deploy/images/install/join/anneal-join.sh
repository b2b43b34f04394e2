#!/bin/bash
# Tells the server, once, that the installed system has started: with the token of its install, the id of this boot, and
# the host key under which SSH answers. Tries until the server has taken it or has said that it never will; then the token
# goes. Uses curl where there is one, and else bash itself, which knows http alone.
set -u
export PATH=${ANNEAL_JOIN_PATH:-/usr/sbin:/usr/bin:/sbin:/bin} LC_ALL=C
umask 077
FOLDER=${ANNEAL_JOIN_FOLDER:-/etc/anneal}
KEYS=${ANNEAL_JOIN_KEYS:-/etc/ssh}
# From the first pause to the longest, in seconds: the network may take a while, the server may be away for hours.
PAUSE_FIRST=1
PAUSE_MAX=30
ANSWER_SECONDS=20

say() { echo "anneal-join: $*"; }
text() { printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g'; }

# Prints the HTTP status, 000 where nobody answered.
post() {
  if command -v curl >/dev/null; then
    printf '%s' "$2" | curl -s -o /dev/null -w '%{http_code}' -m $ANSWER_SECONDS --noproxy '*' \
      -H 'content-type: application/json' --data-binary @- "$1" || :
  else
    post_plainly "$@" || echo 000
  fi
}

post_plainly() {
  local rest=${1#http://} host port status
  [ "$rest" != "$1" ] || { say "there is no curl, and $1 needs it" >&2; return 1; }
  host=${rest%%/*}
  case $host in
  \[*\]:*) port=${host##*:} host=${host%]*} host=${host#[} ;;
  \[*\]) port=80 host=${host#[} host=${host%]} ;;
  *:*) port=${host##*:} host=${host%:*} ;;
  *) port=80 ;;
  esac
  {
    exec 3<>"/dev/tcp/$host/$port"
    printf 'POST /%s HTTP/1.0\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
      "${rest#*/}" "${rest%%/*}" "${#2}" "$2" >&3
    read -r -t $ANSWER_SECONDS _ status _ <&3
    exec 3>&-
  } 2>/dev/null || return 1
  printf '%s' "${status:-000}"
}

[ -s "$FOLDER/join-token" ] && [ -s "$FOLDER/join-url" ] || exit 0
boot=$(cat /proc/sys/kernel/random/boot_id)
key=$(cut -d' ' -f1,2 "$KEYS/ssh_host_ed25519_key.pub" 2>/dev/null)
body="{\"token\":\"$(text "$(cat "$FOLDER/join-token")")\",\"boot_id\":\"$boot\",\"host_key\":\"$(text "$key")\"}"
pause=$PAUSE_FIRST
while :; do
  status=$(post "$(cat "$FOLDER/join-url")" "$body")
  case $status in
  2??)
    say 'the server knows that this system has started'
    break
    ;;
  408 | 425 | 429) ;;
  4??)
    say "the server does not take this system as installed (it answered $status): see \`anneal installs\` there"
    break
    ;;
  *) say "the server has not heard it yet (${status:-no answer}); trying again in $pause s" ;;
  esac
  sleep $pause
  pause=$((pause * 2 < PAUSE_MAX ? pause * 2 : PAUSE_MAX))
done
rm -f "$FOLDER/join-token" "$FOLDER/join-url" "$FOLDER/installed-by-boot"
