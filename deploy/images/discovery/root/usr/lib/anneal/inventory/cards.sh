# Names of the cards: Ethernet, on a bus, and no function that a card lent to a virtual machine.
cards() {
  local folder
  for folder in /sys/class/net/*; do
    [[ -e $folder/device && ! -e $folder/device/physfn && $(<"$folder/type") == 1 ]] && printf '%s\n' "${folder##*/}"
  done
}
