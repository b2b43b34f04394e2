# Lets root in by the keys that are given as arguments, and ends logins by password. Runs as root, may run again. Prints a
# line that says what was done; ends with 75 while the machine is still setting itself up.
set -u
umask 077

if command -v cloud-init >/dev/null 2>&1; then
  # It writes the files that are changed here, for some seconds after the first login is possible.
  timeout 40 cloud-init status --wait >/dev/null 2>&1
  [ $? -ne 124 ] || { echo 'cloud-init has not finished yet'; exit 75; }
fi

mkdir -p /root/.ssh && chmod 700 /root/.ssh || exit 1
file=/root/.ssh/authorized_keys
touch "$file" && chmod 600 "$file" || exit 1
# A last line without an end would swallow the first key.
[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
for key in "$@"; do
  grep -qxF -- "$key" "$file" || printf '%s\n' "$key" >>"$file" || exit 1
done
! command -v restorecon >/dev/null 2>&1 || restorecon -R /root/.ssh 2>/dev/null

config=/etc/ssh/sshd_config
sshd=$(command -v sshd || { [ ! -x /usr/sbin/sshd ] || echo /usr/sbin/sshd; })
if [ -z "$sshd" ] || [ ! -f "$config" ]; then
  echo 'its SSH server is not OpenSSH, and was left as it is'
  exit 0
fi

rules='# By Anneal: root by key, nobody by password.
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no'
# The first value of a word counts (sshd_config(5)), so these come before all others.
if grep -Eiq '^[[:space:]]*Include[[:space:]]+"?/etc/ssh/sshd_config\.d/\*\.conf' "$config" && [ -d /etc/ssh/sshd_config.d ]; then
  target=/etc/ssh/sshd_config.d/00-anneal.conf
  [ ! -f "$target" ] || cp -p "$target" "$target.before"
  printf '%s\n' "$rules" >"$target.part" && chmod 600 "$target.part" && mv -f "$target.part" "$target" || exit 1
elif ! grep -qF '# By Anneal:' "$config"; then
  target=$config
  cp -p "$config" "$config.before"
  { printf '%s\n\n' "$rules"; cat "$config.before"; } >"$config.part" && cat "$config.part" >"$config" && rm -f "$config.part" || exit 1
else
  target=
fi
if ! said=$("$sshd" -t 2>&1); then
  # Nobody is locked out by a file that the server cannot read.
  if [ -n "$target" ]; then if [ -f "$target.before" ]; then mv -f "$target.before" "$target"; else rm -f "$target"; fi; fi
  echo "its SSH server does not take the new rules: $(printf '%s' "$said" | tail -n 1)"
  exit 0
fi
[ -z "$target" ] || rm -f "$target.before"

reloaded=
if [ -d /run/systemd/system ]; then
  for unit in ssh sshd; do
    systemctl is-active --quiet "$unit" && systemctl reload "$unit" >/dev/null 2>&1 && reloaded=yes && break
  done
fi
if [ -z "$reloaded" ]; then
  for file in /run/sshd.pid /var/run/sshd.pid /run/sshd/sshd.pid; do
    [ -s "$file" ] && kill -HUP "$(cat "$file")" 2>/dev/null && reloaded=yes && break
  done
fi
[ -n "$reloaded" ] || for service in ssh sshd; do
  service "$service" reload >/dev/null 2>&1 && reloaded=yes && break
done
[ -n "$reloaded" ] || { echo 'its SSH server was not found running, and takes the new rules when it starts anew'; exit 0; }
echo 'root logs in by key, nobody by password'
