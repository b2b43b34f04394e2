# Writes /etc/motd, which sshd and login show. A whole file is moved in place, so nobody reads half a greeting.
{
  printf '\n  %s\n\n' "$ANNEAL_NODE"
  read_attribute lab-motd-text | sed 's/^/  /'
  printf '\n'
} >/etc/motd.new
if cmp --quiet /etc/motd.new /etc/motd; then
  rm /etc/motd.new
  echo "the greeting is there already"
else
  mv /etc/motd.new /etc/motd
  echo "the greeting is new"
fi
