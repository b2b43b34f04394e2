# Gives the BMC its address and a user of ours, from inside. The password is in this run's file of attributes alone, and
# goes to ipmitool in a file that only root can read and that is gone afterwards: never on a command line.

ask() { timeout 30 ipmitool "$@"; }
channel=$(read_attribute bmc-facts/channel)
if [ -z "$channel" ]; then
  echo "this machine has no BMC that could be configured: unbind this role" >&2
  exit 1
fi
user=$(read_attribute bmc-plan/user)

if has_attribute bmc-plan/address; then
  address=$(read_attribute bmc-plan/address)
  ask lan set "$channel" ipsrc static
  ask lan set "$channel" ipaddr "$address"
  ask lan set "$channel" netmask "$(read_attribute bmc-plan/netmask)"
  if has_attribute bmc-plan/router; then
    ask lan set "$channel" defgw ipaddr "$(read_attribute bmc-plan/router)"
  fi
  if has_attribute bmc-plan/vlan; then
    ask lan set "$channel" vlan id "$(read_attribute bmc-plan/vlan)"
  fi
  ask lan set "$channel" access on
fi

# Our own slot, else the first free one from 3 on: 1 is nobody's name and 2 the vendor's administrator.
users=$(ask -c user list "$channel")
slot=$(awk -F, -v user="$user" '$2 == user { print $1; exit }' <<<"$users")
[ -n "$slot" ] || slot=$(awk -F, '$1 > 2 && $2 == "" { print $1; exit }' <<<"$users")
if [ -z "$slot" ]; then
  echo "the BMC has no free slot for a user: delete one of its users" >&2
  exit 1
fi
echo "user $user goes to slot $slot of channel $channel"

umask 077
words=$(mktemp)
trap 'rm -f "$words"' EXIT
{
  echo "user set name $slot $user"
  echo "user set password $slot $(read_attribute bmc-plan/password) 16"
  echo "channel setaccess $channel $slot callin=off ipmi=on link=off privilege=4"
  echo "user enable $slot"
} >"$words"
# Its own words repeat the password when they complain.
if ! ask exec "$words" >/dev/null 2>&1; then
  echo "the BMC did not take the user: look whether its firmware lets users be changed from inside" >&2
  exit 1
fi
ask -c user list "$channel" | awk -F, -v slot="$slot" -v user="$user" '$1 == slot && $2 == user { found = 1 } END { exit !found }' || {
  echo "the BMC took the user $user and does not show it" >&2
  exit 1
}
echo "user $user is there"
