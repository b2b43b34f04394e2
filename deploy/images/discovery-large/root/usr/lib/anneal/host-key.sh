# The key by which this boot of this machine is known, as in the small system; here it is OpenSSH that shows it.

make_host_key() {
  ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key
  cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub >/run/anneal/host-key.pub
}

# Only called when the keys of those who may come in are there.
start_ssh() {
  systemctl start ssh.service
}
