# Writes chrony's configuration and restarts it only when that has changed.
stratum=$(read_attribute lab-chrony-stratum)

configuration=$(
  echo "# Written by Anneal (role lab-chrony); changes by hand do not last."
  for ((i = 0; ; i++)); do
    has_attribute "lab-chrony-servers/$i" || break
    echo "server $(read_attribute "lab-chrony-servers/$i") iburst"
  done
  echo "local stratum $stratum"
  for ((i = 0; ; i++)); do
    has_attribute "lab-chrony-allow/$i" || break
    echo "allow $(read_attribute "lab-chrony-allow/$i")"
  done
  echo "driftfile /var/lib/chrony/chrony.drift"
  echo "rtcsync"
  echo "makestep 1 3"
)
changed=no
if [ "$configuration" != "$(cat /etc/chrony/chrony.conf 2>/dev/null)" ]; then
  printf '%s\n' "$configuration" >/etc/chrony/chrony.conf.new
  mv /etc/chrony/chrony.conf.new /etc/chrony/chrony.conf
  changed=yes
fi

# A container shares its host's clock and may not set it; three of them would pull it in three directions.
if systemd-detect-virt --quiet --container; then
  drop_in=/etc/systemd/system/chrony.service.d/lab.conf
  options=$'[Unit]\nConditionCapability=\n\n[Service]\nEnvironmentFile=\nEnvironment="DAEMON_OPTS=-F 1 -x"'
  if [ "$options" != "$(cat "$drop_in" 2>/dev/null)" ]; then
    mkdir -p "${drop_in%/*}"
    printf '%s\n' "$options" >"$drop_in"
    systemctl daemon-reload
    changed=yes
  fi
fi

systemctl --quiet enable chrony
if [ "$changed" = yes ] || ! systemctl --quiet is-active chrony; then
  echo "starting chrony with a new configuration"
  systemctl restart chrony
else
  echo "chrony runs with this configuration already"
fi
