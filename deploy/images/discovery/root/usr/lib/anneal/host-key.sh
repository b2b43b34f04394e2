# The key by which this boot of this machine is known. It is made anew at every boot, told when the machine enrols, and
# pinned by the server for this boot session.

make_host_key() {
  mkdir -p /etc/dropbear
  dropbearkey -t ed25519 -f /etc/dropbear/host-key >/dev/null 2>&1
  dropbearkey -y -f /etc/dropbear/host-key | awk '$1 == "ssh-ed25519" { print $1, $2 }' >/run/anneal/host-key.pub
}

# Only called when the keys of those who may come in are there. Passwords are not taken, nothing is forwarded.
start_ssh() {
  dropbear -r /etc/dropbear/host-key -s -j -k -p 22 -P /run/dropbear.pid
}
