# The node's part of the network jig, for bash 4.2 or newer, as root. The script jig sends it; the word `network_verb` before
# it says what is wanted. While a change waits to be confirmed a copy stays in the state folder, because what undoes the
# change must not need anybody from outside.
#
#   gather    tells what cards, links, addresses and routes there are, and what is ours
#   apply     arms the undoing, and starts `activate` apart from this connection, which may not outlive the change
#   activate  keeps what was there, writes the files, lets whoever configures the network here take them up, and looks
#   status    tells how far it has come
#   confirm   makes the change stay: somebody has reached the node under it
#   rollback  puts back what was there; by a timer when nobody confirms, at the next start when the node went down meanwhile
#   ping      looks which other nodes answer
#
# What is given: `order`, lines of words parted by tabs, and files/N. What is ours here is written down in the state folder:
# `plan.json`, and `files` with the path and digest of each.

network_verb=${1:-$network_verb}
# Which change is to be confirmed.
network_id=${network_id:-}
network_state=${network_state:-/var/lib/anneal-node/network}
network_unit=anneal-network
network_guard=/etc/systemd/system/$network_unit-guard.service
network_guard_link=/etc/systemd/system/sysinit.target.wants/$network_unit-guard.service
# Seconds that addresses may take to appear, but half the time that there is at most; duplicate address detection takes two.
network_settle_max=25
network_mark='#anneal# '

network_has() { command -v "$1" >/dev/null 2>&1; }

network_has_systemd() { [[ -d /run/systemd/system ]] && network_has systemd-run; }

network_is_active() { network_has systemctl && systemctl --quiet is-active "$1" 2>/dev/null; }

# What an order says of one thing: its lines without the first word.
network_said() {
  local word rest
  while IFS=$'\t' read -r word rest; do
    if [[ $word == "$1" ]]; then printf '%s\n' "$rest"; fi
  done <"$network_state/next/order"
}

network_reversed() {
  local line lines=()
  while IFS= read -r line; do lines=("$line" "${lines[@]}"); done
  ((${#lines[@]} == 0)) || printf '%s\n' "${lines[@]}"
}

network_phase() {
  printf '%s\n' "$*" >"$network_state/phase.part"
  mv -f -- "$network_state/phase.part" "$network_state/phase"
}

# --- gather ---------------------------------------------------------------------------------------------------------------

network_service() {
  local state=absent
  if [[ $3 == there ]]; then state=installed; fi
  if network_is_active "$2"; then state=active; fi
  # Somebody has decided that it must not run.
  if network_has systemctl && [[ $(systemctl is-enabled "$2" 2>/dev/null) == masked ]]; then state=absent; fi
  printf 'service\t%s\t%s\n' "$1" "$state"
}

network_there() { if "$@" >/dev/null 2>&1; then echo there; fi; }

network_speeds() {
  local text word speeds=
  if network_has ethtool; then
    text=$(ethtool "$1" 2>/dev/null) || text=
    text=${text#*Supported link modes:}
    text=${text%%Supported pause*}
    for word in $text; do
      if [[ $word =~ ^([0-9]+)base ]]; then speeds+=${speeds:+,}${BASH_REMATCH[1]}; fi
    done
  fi
  if [[ -z $speeds ]] && { read -r speeds <"/sys/class/net/$1/speed"; } 2>/dev/null && ((speeds <= 0)); then speeds=; fi
  printf '%s' "$speeds"
}

# The way to a card over PCI, without what hangs on the device itself (virtio3); nothing for what is on no bus.
network_bus_path() {
  local path
  path=$(readlink -f "/sys/class/net/$1/device" 2>/dev/null) || return 0
  [[ $path == */pci* ]] || return 0
  path=${path##*/pci}
  while [[ $path == */* && ! ${path##*/} =~ ^[0-9a-f]+:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]$ ]]; do path=${path%/*}; done
  printf '%s' "$path"
}

network_card() {
  local name=$1 sys=/sys/class/net/$1 mac='' port=0 driver='' model='' bus
  read -r mac <"$sys/address" || :
  if [[ -r $sys/bonding_slave/perm_hwaddr ]]; then read -r mac <"$sys/bonding_slave/perm_hwaddr"; fi
  if [[ -r $sys/dev_port ]]; then read -r port <"$sys/dev_port"; fi
  if [[ -e $sys/device/driver ]]; then driver=$(readlink -f "$sys/device/driver") driver=${driver##*/}; fi
  if [[ -r $sys/device/label ]]; then read -r model <"$sys/device/label" || :; fi
  bus=$(network_bus_path "$name")
  printf 'card\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$mac" "$bus" "$port" "$(network_speeds "$name")" "$driver" "$model"
}

# name, parent and tag of each VLAN, from the lines that `ip -o -d link show type vlan` prints.
network_vlans() {
  awk '{
    split($2, names, /[@:]/)
    for (at = 3; at < NF; at++) if ($at == "vlan" && $(at + 1) == "protocol" && $(at + 3) == "id") print names[1], names[2], $(at + 4)
  }'
}

network_links() {
  local folder name kind type master vlans
  vlans=$(ip -o -d link show type vlan 2>/dev/null | network_vlans) || vlans=
  for folder in /sys/class/net/*; do
    name=${folder##*/} kind=other type='' master='' tag='' parent=''
    [[ -d $folder && $name != lo ]] || continue
    read -r type <"$folder/type" || :
    if [[ -d $folder/bonding ]]; then
      kind=bond
    elif [[ -d $folder/bridge ]]; then
      kind=bridge
    elif [[ $'\n'$vlans$'\n' == *$'\n'"$name "* ]]; then
      kind=vlan
      read -r parent tag < <(printf '%s\n' "$vlans" | awk -v name="$name" '$1 == name { print $2, $3 }')
    elif [[ -e $folder/device && ! -e $folder/device/physfn && $type == 1 ]]; then
      kind=physical
    elif [[ ! -e $folder/device && $type == 1 && $name =~ ^(eth|en) ]]; then
      # A container's card is the end of a cable, and on no bus.
      kind=physical
    fi
    if [[ -e $folder/master ]]; then master=$(readlink -f "$folder/master") master=${master##*/}; fi
    printf 'link\t%s\t%s\t%s\t%s\t%s\n' "$name" "$kind" "$master" "$tag" "$parent"
    if [[ $kind == physical ]]; then network_card "$name"; fi
  done
}

# device, address with its prefix length, and 1 when it has an end. One that another machine has as well does not count.
network_addresses() {
  ip -o addr show scope global 2>/dev/null | awk '$4 ~ /\// && !/ dadfailed / {
    dynamic = ($0 ~ / dynamic / || $0 !~ /valid_lft forever/) ? 1 : 0
    printf "%s\t%s\t%s\n", $2, $4, dynamic
  }'
}

# destination, next hop, device, and 1 when DHCP or an advertisement gave it.
network_routes() {
  local family
  for family in 4 6; do
    ip -"$family" route show table main 2>/dev/null | awk -v family="$family" '{
      to = $1; via = ""; dev = ""; protocol = ""
      for (at = 2; at < NF; at++) {
        if ($at == "via") via = $(at + 1)
        if ($at == "dev") dev = $(at + 1)
        if ($at == "proto") protocol = $(at + 1)
      }
      if (via == "" || dev == "" || protocol == "kernel") next
      if (to == "default") to = family == 4 ? "0.0.0.0/0" : "::/0"
      if (to !~ /\//) to = to (family == 4 ? "/32" : "/128")
      printf "%s\t%s\t%s\t%s\n", to, via, dev, (protocol == "dhcp" || protocol == "ra") ? 1 : 0
    }'
  done
}

network_resolver() {
  local target
  target=$(readlink -f /etc/resolv.conf 2>/dev/null) || target=
  case $target in
    /run/*) echo links ;;
    *) if network_has resolvconf || network_has netconfig; then echo links; else echo file; fi ;;
  esac
}

network_gather() {
  local line product='' digest path
  { read -r product </sys/class/dmi/id/product_name; } 2>/dev/null || :
  printf 'product\t%s\n' "$product"
  # The agent of the discovery system writes this down; nothing that is configured there would outlive the boot.
  if [ -e /run/anneal/boot-session ]; then printf 'discovery\n'; fi
  network_service networkd systemd-networkd.service "$(network_there network_has networkctl)"
  network_service network-manager NetworkManager.service "$(network_there network_has nmcli)"
  network_service wicked wickedd.service "$(network_there network_has wicked)"
  network_service ifupdown networking.service "$(network_there network_has ifup)"
  printf 'resolver\t%s\n' "$(network_resolver)"
  network_links
  network_addresses | while IFS= read -r line; do printf 'address\t%s\n' "$line"; done
  network_routes | while IFS= read -r line; do printf 'route\t%s\n' "$line"; done
  if [[ -r $network_state/files ]]; then
    while read -r digest path; do
      if [[ -e $path ]]; then digest=$(sha256sum "$path") digest=${digest%% *}; else digest=-; fi
      printf 'file\t%s\t%s\n' "$path" "$digest"
    done <"$network_state/files"
  fi
  if [[ -r $network_state/plan.json ]]; then printf 'before\t%s\n' "$(<"$network_state/plan.json")"; fi
  if [[ -d $network_state/pending ]]; then printf 'pending\t%s\n' "$(<"$network_state/phase")"; fi
  if [[ -e $network_state/undone ]]; then
    printf 'undone\t%s\t%s\n' "$(($(date +%s) - $(stat -c %Y "$network_state/undone")))" "$(<"$network_state/phase")"
  fi
}

# --- arming ---------------------------------------------------------------------------------------------------------------

network_disarm() {
  if network_has_systemd; then
    systemctl stop "$network_unit-rollback.timer" 2>/dev/null || :
    systemctl reset-failed "$network_unit-rollback.service" "$network_unit-rollback.timer" 2>/dev/null || :
  elif [[ -r $network_state/watchdog ]]; then
    kill -- "-$(<"$network_state/watchdog")" 2>/dev/null || :
  fi
  rm -f -- "$network_state/watchdog" "$network_guard_link" "$network_guard"
}

network_arm() {
  local seconds=$1 script=$network_state/node.sh
  if ! network_has_systemd; then
    setsid bash -c 'sleep "$1"; exec bash "$2" rollback deadline' watchdog "$seconds" "$script" </dev/null >/dev/null 2>&1 &
    printf '%s\n' "$!" >"$network_state/watchdog"
    return
  fi
  # For the case that the node goes down before anybody has confirmed: it must not start with what nobody has tried.
  mkdir -p -- "${network_guard_link%/*}"
  cat >"$network_guard" <<UNIT
[Unit]
Description=Undo a change of the network that was not confirmed
DefaultDependencies=no
RequiresMountsFor=$network_state
After=local-fs.target systemd-remount-fs.service
Before=network-pre.target systemd-networkd.service networking.service NetworkManager.service wicked.service
Wants=network-pre.target
ConditionPathExists=$network_state/pending

[Service]
Type=oneshot
ExecStart=/bin/bash $script rollback restart
UNIT
  ln -sf "$network_guard" "$network_guard_link"
  systemctl stop "$network_unit-rollback.timer" 2>/dev/null || :
  systemd-run --quiet --collect --unit="$network_unit-rollback" --on-active="$seconds" --timer-property=AccuracySec=500ms \
    /bin/bash "$script" rollback deadline
}

network_apply() {
  local seconds
  mkdir -p -- "$network_state"
  if [[ -d $network_state/pending ]]; then
    echo 'an earlier change of the network still waits to be confirmed; it is undone first' >&2
    bash "$network_state/node.sh" rollback superseded
  fi
  rm -rf -- "$network_state/next" "$network_state/before" "$network_state/undone"
  mkdir -- "$network_state/next"
  cp -r -- "$ANNEAL_ROLE_DIR/." "$network_state/next/"
  cp -f -- "$ANNEAL_ROLE_DIR/network.sh" "$network_state/node.sh"
  seconds=$(network_said seconds)
  network_phase "activating $(network_said id)"
  mkdir -- "$network_state/pending"
  sync "$network_state" 2>/dev/null || sync
  network_arm "$seconds"
  if network_has_systemd; then
    systemctl reset-failed "$network_unit-apply.service" 2>/dev/null || :
    systemd-run --quiet --collect --unit="$network_unit-apply" /bin/bash "$network_state/node.sh" activate
  else
    setsid bash "$network_state/node.sh" activate </dev/null >/dev/null 2>&1 &
    printf '%s\n' "$!" >"$network_state/activation"
  fi
}

# --- files ----------------------------------------------------------------------------------------------------------------

# Keeps a file as it is now, once.
network_keep() {
  local kept=$network_state/before/files$1
  if [[ -e $kept ]] || grep -qxF -- "$1" "$network_state/before/absent" 2>/dev/null; then return 0; fi
  if [[ -e $1 ]]; then
    mkdir -p -- "${kept%/*}"
    cp -pL -- "$1" "$kept"
    printf '%s\n' "$1" >>"$network_state/before/present"
  else
    printf '%s\n' "$1" >>"$network_state/before/absent"
  fi
}

# network_put MODE PATH: standard input becomes the file, whole or not at all.
network_put() {
  local part=${2%/*}/.${2##*/}.anneal
  mkdir -p -- "${2%/*}"
  cat >"$part"
  chmod "$1" "$part"
  sync "$part" 2>/dev/null || sync
  mv -f -- "$part" "$2"
  if network_has restorecon; then restorecon "$2" 2>/dev/null || :; fi
}

# Sets what others say of interfaces that are ours now aside, and gives back what is no longer ours: each line of such a
# stanza is a comment with a mark while we look after the interface.
network_set_aside() {
  local file text managed=' ' name
  while IFS= read -r name; do managed+="$name "; done < <(network_said manages)
  for file in /etc/network/interfaces /etc/network/interfaces.d/*; do
    [[ -f $file && $file != /etc/network/interfaces.d/anneal ]] || continue
    text=$(awk -v managed="$managed" -v mark="$network_mark" '
      index($0, mark) == 1 { $0 = substr($0, length(mark) + 1) }
      $1 ~ /^(iface|auto|allow-.*|mapping|source|source-directory|no-auto-down|no-scripts|rename|template)$/ {
        ours = $1 == "iface" && index(managed, " " $2 " ") > 0
      }
      { print (ours && $0 !~ /^[ \t]*(#|$)/) ? mark $0 : $0 }
    ' "$file")
    if [[ $text == "$(<"$file")" ]]; then continue; fi
    network_keep "$file"
    printf '%s\n' "$text" | network_put 644 "$file"
  done
}

# Whether a file is recorded as ours.
network_owns() {
  local digest path
  [[ -r $network_state/files ]] || return 1
  while read -r digest path; do
    if [[ $path == "$1" ]]; then return 0; fi
  done <"$network_state/files"
  return 1
}

# A file that somebody else had under a name of ours comes back when we let go of the name.
network_write() {
  local mode number path name value text originals=$network_state/originals
  while IFS=$'\t' read -r path; do
    network_keep "$path"
    rm -f -- "$path"
    if [[ -e $originals$path ]]; then mv -f -- "$originals$path" "$path"; fi
  done < <(network_said remove)
  while IFS=$'\t' read -r mode number path; do
    network_keep "$path"
    if [[ -e $path ]] && ! network_owns "$path"; then
      mkdir -p -- "$originals${path%/*}"
      cp -pL -- "$path" "$originals$path"
    fi
    network_put "$mode" "$path" <"$network_state/next/files/$number"
  done < <(network_said write)
  while IFS=$'\t' read -r path name value; do
    [[ -f $path ]] || continue
    network_keep "$path"
    text=$(awk -v name="$name" -v line="$name=\"$value\"" '
      index($0, name "=") == 1 { print line; done = 1; next } { print } END { if (!done) print line }' "$path")
    printf '%s\n' "$text" | network_put 644 "$path"
  done < <(network_said set)
  if [[ $network_family == ifupdown ]]; then
    network_set_aside
    if ! grep -qsE '^[ \t]*source(-directory)?[ \t].*interfaces\.d' /etc/network/interfaces; then
      network_keep /etc/network/interfaces
      { cat /etc/network/interfaces 2>/dev/null || :; printf '\nsource /etc/network/interfaces.d/*\n'; } |
        network_put 644 /etc/network/interfaces
    fi
  fi
}

# --- what configures the network here -------------------------------------------------------------------------------------

# DHCP clients that look after an interface would give it back what it had.
network_end_dhcp_clients() {
  local folder arguments
  for folder in /proc/[0-9]*; do
    arguments=" $(tr '\0' ' ' 2>/dev/null <"$folder/cmdline" || :)"
    if [[ $arguments =~ ^' '[^' ']*(dhclient|udhcpc|dhcpcd) && $arguments == *" $1 "* ]]; then
      kill "${folder##*/}" 2>/dev/null || :
    fi
  done
}

# Before the files change: what is told by the old ones.
network_down() {
  local link
  case $network_family in
    ifupdown)
      while IFS= read -r link; do
        ifdown --force "$link" 2>&1 || :
        network_end_dhcp_clients "$link"
      done < <({ network_said changed; network_said released; } | network_reversed; network_said destroyed)
      ;;
    network-manager)
      while IFS= read -r link; do nmcli connection down "anneal-$link" 2>&1 || :; done \
        < <(network_said destroyed; network_said released)
      ;;
    wicked)
      while IFS= read -r link; do wicked ifdown "$link" 2>&1 || :; done < <(network_said destroyed; network_said released)
      ;;
  esac
  while IFS= read -r link; do
    if [[ -e /sys/class/net/$link ]]; then ip link del dev "$link" || :; fi
  done < <(network_said destroyed)
}

# After the files have changed: what is told by the new ones.
network_up() {
  local link links=()
  mapfile -t links < <(network_said changed; network_said released)
  case $network_family in
    networkd)
      if network_is_active systemd-networkd.service; then
        networkctl reload || return 1
      else
        systemctl enable --quiet systemd-networkd.service || return 1
        systemctl start systemd-networkd.service || return 1
      fi
      for link in "${links[@]}"; do
        if [[ -e /sys/class/net/$link ]]; then networkctl reconfigure "$link" || return 1; fi
      done
      ;;
    ifupdown)
      while IFS= read -r link; do
        if [[ -e /sys/class/net/$link ]]; then ip addr flush dev "$link" scope global; fi
        # A member of a bond has no stanza that is brought up by itself.
        if grep -qsxF "auto $link" /etc/network/interfaces.d/anneal; then ifup --force "$link" || return 1; fi
      done < <(network_said changed)
      network_up_again < <(network_said released)
      ;;
    network-manager)
      nmcli connection reload || return 1
      while IFS= read -r link; do nmcli --wait 20 connection up "anneal-$link" || return 1; done < <(network_said changed)
      ;;
    wicked)
      if network_has netconfig; then netconfig update -f || :; fi
      while IFS= read -r link; do wicked ifreload "$link" || return 1; done < <(network_said changed)
      ;;
  esac
}

# ifupdown: interfaces that have a stanza of somebody else's again.
network_up_again() {
  local link
  while IFS= read -r link; do
    if ifquery "$link" >/dev/null 2>&1; then ifup --force "$link" 2>&1 || :; fi
  done
}

# Takes away what is ours and no longer wanted, where it is still there.
network_drop() {
  local link address family priority to via table words
  while IFS=$'\t' read -r link address; do ip addr del "$address" dev "$link" 2>/dev/null || :; done < <(network_said drop-address)
  while IFS=$'\t' read -r family priority; do ip "-$family" rule del priority "$priority" 2>/dev/null || :; done \
    < <(network_said drop-rule)
  while IFS=$'\t' read -r family to via link table; do
    words=("$to" dev "$link")
    if [[ $via != - ]]; then words+=(via "$via"); fi
    if [[ $table != - ]]; then words+=(table "$table"); fi
    ip "-$family" route del "${words[@]}" 2>/dev/null || :
  done < <(network_said drop-route)
}

# What is not as it is meant to be: addresses that are not there, addresses that are still there (whoever configures the
# network may have put one back while it was told of the change; it is taken away again), links that are being worked on.
network_lacking() {
  local link address there
  if [[ $network_family == networkd ]]; then
    while IFS= read -r link; do
      if [[ $(networkctl list --no-legend --no-pager "$link" 2>/dev/null) =~ (configuring|pending|initialized)[[:space:]]*$ ]]; then
        printf '%s is being configured, ' "$link"
      fi
    done < <(network_said changed)
  fi
  there=$(network_addresses)
  while IFS=$'\t' read -r link address; do
    if [[ $'\n'$there$'\n' == *$'\n'"$link"$'\t'"$address"$'\t'* ]]; then
      ip addr del "$address" dev "$link" 2>/dev/null || :
      printf '%s no longer on %s, ' "$address" "$link"
    fi
  done < <(network_said drop-address)
  while IFS=$'\t' read -r link address; do
    if [[ $'\n'$there$'\n' != *$'\n'"$link"$'\t'"$address"$'\t'* ]]; then printf '%s on %s, ' "$address" "$link"; fi
  done < <(network_said expect)
}

# --- activate, confirm, roll back -----------------------------------------------------------------------------------------

network_activate() {
  local lacking looks=0 begun=$SECONDS settle
  exec >"$network_state/log" 2>&1 </dev/null
  network_family=$(network_said family)
  settle=$(($(network_said seconds) / 2))
  if ((settle > network_settle_max)); then settle=$network_settle_max; fi
  mkdir -- "$network_state/before"
  network_addresses >"$network_state/before/addresses"
  network_routes >"$network_state/before/routes"
  ls /sys/class/net >"$network_state/before/links"
  : >"$network_state/before/whole"
  network_down
  network_write
  if ! network_up; then
    bash "$network_state/node.sh" rollback failed 'the new configuration could not be brought up'
    exit 1
  fi
  network_drop
  # Twice in a row: what is told of a change may take it up a moment later.
  while ((looks < 2)); do
    sleep 0.4
    lacking=$(network_lacking)
    if [[ -z $lacking ]]; then
      ((looks += 1))
      continue
    fi
    looks=0
    if ((SECONDS - begun > settle)); then
      bash "$network_state/node.sh" rollback failed "this did not come about: ${lacking%, }"
      exit 1
    fi
  done
  network_phase "activated $(network_said id)"
}

network_restore_files() {
  local path
  [[ -e $network_state/before/whole ]] || return 0
  # What was being written when it was stopped.
  while IFS= read -r path; do rm -f -- "${path%/*}/.${path##*/}.anneal"; done \
    < <(cat "$network_state/before/present" "$network_state/before/absent" 2>/dev/null)
  while IFS= read -r path; do rm -f -- "$path"; done < <(cat "$network_state/before/absent" 2>/dev/null)
  while IFS= read -r path; do
    mkdir -p -- "${path%/*}"
    cp -p -- "$network_state/before/files$path" "$path.anneal-part" && mv -f -- "$path.anneal-part" "$path"
  done < <(cat "$network_state/before/present" 2>/dev/null)
  sync
}

# Puts the running network back to what it was: whoever configures it is told, and what nobody had configured is set again.
network_restore_links() {
  local link address dynamic to via lifetime words links=()
  mapfile -t links < <(network_said changed; network_said released; network_said destroyed)
  if [[ $network_family == ifupdown ]]; then
    while IFS= read -r link; do ifdown --force "$link" 2>&1 || :; done < <(network_said changed | network_reversed)
  fi
  network_restore_files
  while IFS= read -r link; do
    if ! grep -qxF "$link" "$network_state/before/links" && [[ -e /sys/class/net/$link ]]; then ip link del dev "$link" || :; fi
  done < <(network_said made | network_reversed)
  case $network_family in
    networkd)
      networkctl reload || :
      for link in "${links[@]}"; do
        if [[ -e /sys/class/net/$link ]]; then networkctl reconfigure "$link" || :; fi
      done
      ;;
    ifupdown) network_up_again < <(network_said destroyed | network_reversed; network_said changed; network_said released) ;;
    network-manager)
      nmcli connection reload || :
      for link in "${links[@]}"; do
        nmcli --wait 20 connection up "anneal-$link" 2>/dev/null || nmcli --wait 20 device connect "$link" || :
      done
      ;;
    wicked) wicked ifreload all || : ;;
  esac
  while IFS=$'\t' read -r link address; do
    if ! grep -q "^$link"$'\t'"$address"$'\t' "$network_state/before/addresses"; then
      ip addr del "$address" dev "$link" 2>/dev/null || :
    fi
  done < <(network_said expect)
  while IFS=$'\t' read -r link address dynamic; do
    lifetime=(valid_lft forever preferred_lft forever)
    # What DHCP gave ends by itself unless DHCP says otherwise.
    if [[ $dynamic == 1 ]]; then lifetime=(valid_lft 3600 preferred_lft 3600); fi
    if [[ $address == *:* ]]; then lifetime+=(nodad); fi
    ip link set dev "$link" up 2>/dev/null || :
    ip addr replace "$address" dev "$link" "${lifetime[@]}" 2>/dev/null || :
  done <"$network_state/before/addresses"
  while IFS=$'\t' read -r to via link dynamic; do
    words=("$to" via "$via" dev "$link")
    if [[ $to == *:* ]]; then ip -6 route replace "${words[@]}" 2>/dev/null || :; else ip -4 route replace "${words[@]}" 2>/dev/null || :; fi
  done <"$network_state/before/routes"
}

network_rollback() {
  local cause=$1 reason=${2:-}
  exec 9>"$network_state/lock"
  flock 9
  [[ -d $network_state/pending ]] || return 0
  network_family=$(network_said family)
  if [[ $cause != failed && $cause != restart ]]; then
    if network_has_systemd; then systemctl stop "$network_unit-apply.service" 2>/dev/null || :; fi
    if [[ -r $network_state/activation ]]; then kill -- "-$(<"$network_state/activation")" 2>/dev/null || :; fi
  fi
  case $cause in
    deadline) reason="nobody reached the node under the new configuration within $(network_said seconds) seconds" ;;
    restart) reason='the node was restarted before the new configuration was confirmed' ;;
    asked | superseded) reason='the change was given up before it was confirmed' ;;
  esac
  if [[ $cause == restart ]]; then
    network_restore_files
  elif [[ -e $network_state/before/whole ]]; then
    network_restore_links >>"$network_state/log" 2>&1 || :
  fi
  # For whoever wants the same again: it would come to the same.
  if [[ $cause == deadline || $cause == failed ]]; then : >"$network_state/undone"; fi
  network_phase "rolled-back $(network_said id) $reason"
  rmdir -- "$network_state/pending"
  # Last: when it is the timer itself that runs this, stopping the timer must not stop the work.
  network_disarm
}

network_confirm() {
  local word id rest
  exec 9>"$network_state/lock"
  flock -w 30 9
  read -r word id rest <"$network_state/phase"
  if [[ ! -d $network_state/pending || $word != activated || $id != "$network_id" ]]; then
    network_status
    return 0
  fi
  rm -rf -- "$network_state/previous"
  if [[ -d $network_state/before ]]; then mv -- "$network_state/before" "$network_state/previous"; fi
  mv -f -- "$network_state/next/plan.json" "$network_state/plan.json"
  network_said write | while IFS=$'\t' read -r _ _ path; do sha256sum "$path"; done >"$network_state/files.part"
  mv -f -- "$network_state/files.part" "$network_state/files"
  sync "$network_state/plan.json" 2>/dev/null || sync
  network_phase "confirmed $id"
  rmdir -- "$network_state/pending"
  network_disarm
  rm -rf -- "$network_state/next"
  network_status
}

network_status() {
  local line
  printf 'phase %s\n' "$(<"$network_state/phase")" >&3
  if [[ -r $network_state/log ]]; then
    tail -n 40 "$network_state/log" | while IFS= read -r line; do printf 'log %s\n' "$line" >&3; done
  fi
}

# Three tries each, all at once: it is told, and nothing hangs on it.
network_ping() {
  local target
  while IFS= read -r target; do
    (
      if ping -c 3 -i 0.3 -W 2 -q "$target" >/dev/null 2>&1; then printf 'reached %s\n' "$target"; else printf 'silent %s\n' "$target"; fi
    ) &
  done <"$ANNEAL_ROLE_DIR/targets"
  wait
}

case $network_verb in
  gather) write_attribute_string facts "$(network_gather)" ;;
  apply) network_apply ;;
  activate) network_activate ;;
  status) write_attribute_string status "$(network_status 3>&1)" ;;
  confirm) write_attribute_string status "$(network_confirm 3>&1)" ;;
  rollback)
    network_rollback "${2:-asked}" "${3:-}"
    ;;
  ping) write_attribute_string reached "$(network_ping)" ;;
esac
