# Boot entries of UEFI. Ours are known by their name; those of others keep their place and their order.
ENTRY=Anneal

# efi_entries PATTERN: numbers of the entries whose description matches (a basic regular expression).
efi_entries() { efibootmgr 2>/dev/null | sed -n "s/^Boot\([0-9A-Fa-f]\{4\}\)\*\{0,1\} *\($1\).*/\1/p"; }

efi_order() { efibootmgr 2>/dev/null | sed -n 's/^BootOrder: //p' | tr ',' ' '; }

place_efi_entries() {
  command -v efibootmgr >/dev/null || return 1
  before=$(efi_order)
  for old in $(efi_entries "$ENTRY "); do quietly efibootmgr -q -b "$old" -B || :; done
  for name in $(cat "$STATE/system-disks"); do
    quietly efibootmgr -q -c -d "/dev/$name" -p 2 -L "$ENTRY $(order node)" -l '\EFI\debian\shimx64.efi' || return 1
  done
  ours=$(efi_entries "$ENTRY ")
  network=$(efibootmgr | sed -n '/PXE\|HTTP\|IPv4\|IPv6\|[Nn]etwork\|MAC(/s/^Boot\([0-9A-Fa-f]\{4\}\).*/\1/p')
  first= rest=
  for number in $before; do
    case " $(echo $ours) " in *" $number "*) continue ;; esac
    case " $(echo $network) " in *" $number "*) first="$first $number" ;; *) rest="$rest $number" ;; esac
  done
  wanted=$(echo $first $ours $rest | tr ' ' ',')
  quietly efibootmgr -q -o "$wanted" || return 1
  log "boot order: $wanted"
}
