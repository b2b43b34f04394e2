# What the install says about itself. Lines are kept in the log, from where reports take them, and shown on the console.

# log WORD...: a line for the log. Whoever watches the steps shows it on the console as well.
log() {
  printf '%s\n' "$*" >>"$STATE/log"
  [ -z "${SHOWS-}" ] || printf 'anneal-install: %s\n' "$*"
}

# fail WORD...: the reason why this step, and with it the install, ends.
fail() {
  printf '%s\n' "$*" >"$STATE/reason"
  log "failed: $*"
  exit 1
}

# quietly PROGRAM ARG...: its output goes to the log alone.
quietly() { "$@" >>"$STATE/log" 2>&1; }
