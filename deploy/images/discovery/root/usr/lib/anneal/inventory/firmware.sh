# Firmware: how the machine was started, by what, and whether it insists on signatures.
. /usr/lib/anneal/inventory/read.sh
dmi=/sys/class/dmi/id
mode=bios secure=null tpm=
if [[ -d /sys/firmware/efi ]]; then
  mode=uefi
  # Four bytes of attributes, then the value (UEFI specification, 3.3).
  variable=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
  if [[ -r $variable ]]; then
    secure=false
    if [[ $(od -An -tu1 "$variable" | awk '{ print $5 }') == 1 ]]; then secure=true; fi
  fi
fi
if [[ -d /sys/class/tpm/tpm0 ]]; then
  tpm=1.2
  if [[ $(fact /sys/class/tpm/tpm0/tpm_version_major) == 2 ]]; then tpm=2.0; fi
fi
jq -n --arg mode "$mode" --arg vendor "$(fact $dmi/bios_vendor)" --arg version "$(fact $dmi/bios_version)" \
  --arg date "$(fact $dmi/bios_date)" --argjson secure "$secure" --arg tpm "$tpm" '
  def known: if . == "" then null else . end;
  {mode: $mode, vendor: ($vendor | known), version: ($version | known), date: ($date | known), secure_boot: $secure,
   tpm: ($tpm | known)}'
