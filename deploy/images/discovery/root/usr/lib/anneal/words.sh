# What the kernel's command line says, and how we speak to whoever reads the console.

# word NAME: the value of NAME=value; of several the last.
word() {
  tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1
}

has_word() {
  tr ' ' '\n' </proc/cmdline | grep -qxF "$1"
}

say() {
  printf 'anneal %s: %s\n' "$(cut -d' ' -f1 /proc/uptime)" "$*"
}

# Until all drivers are loaded; their own deadline is shorter.
await_drivers() {
  for _ in $(seq 640); do
    [ ! -e /run/anneal/drivers ] || return 0
    sleep 0.25
  done
  say 'drivers are still being loaded'
}
