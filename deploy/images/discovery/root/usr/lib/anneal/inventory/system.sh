# Who made the machine, and by which UUID its firmware knows it.
. /usr/lib/anneal/inventory/read.sh
dmi=/sys/class/dmi/id
uuid=$(fact $dmi/product_uuid)
kind=physical
# A hypervisor tells its guests by this flag; ARM has none, there the maker tells.
if grep -qw hypervisor /proc/cpuinfo || [[ $(fact $dmi/sys_vendor) =~ QEMU|VMware|Xen|innotek|Parallels|KVM ]]; then kind=virtual; fi
jq -n --arg uuid "${uuid,,}" --arg vendor "$(fact $dmi/sys_vendor)" --arg product "$(fact $dmi/product_name)" \
  --arg serial "$(fact $dmi/product_serial)" --arg tag "$(fact $dmi/chassis_asset_tag)" --arg kind "$kind" '
  def known: if . == "" then null else . end;
  {uuid: ($uuid | known), vendor: ($vendor | known), product: ($product | known), serial: ($serial | known),
   asset_tag: ($tag | known), kind: $kind}'
