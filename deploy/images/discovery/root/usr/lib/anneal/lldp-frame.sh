#!/bin/bash
# Reads frames of LLDP from standard input, as they come off the card named, and writes down who sent them.
export PATH=/usr/sbin:/usr/bin LC_ALL=C
card=$1

# text HEX: its bytes as printable text.
text() {
  local hex=$1 out='' at
  for ((at = 0; at < ${#hex}; at += 2)); do
    if ((16#${hex:at:2} >= 32 && 16#${hex:at:2} < 127)); then out+="\\x${hex:at:2}"; else out+='?'; fi
  done
  printf '%b' "$out"
}

# identifier SUBTYPE-AND-VALUE MAC-SUBTYPE: an address with colons, anything else as text.
identifier() {
  local subtype=$((16#${1:0:2})) value=${1:2}
  if ((subtype == $2)); then sed 's/../&:/g; s/:$//' <<<"$value"; else text "$value"; fi
}

last=
while frame=$(dd bs=1600 count=1 2>/dev/null | od -An -v -tx1 | tr -d ' \n') && [[ -n $frame ]]; do
  # Whoever speaks often says the same, and must not keep the machine busy.
  sleep 1
  [[ ${frame:24:4} == 88cc && $frame != "$last" ]] || continue
  last=$frame
  rest=${frame:28} chassis='' port='' name=''
  while ((${#rest} >= 4)); do
    head=$((16#${rest:0:4})) type=$((16#${rest:0:4} >> 9)) length=$(((16#${rest:0:4} & 511) * 2))
    value=${rest:4:length} rest=${rest:4+length}
    ((head != 0 && ${#value} == length)) || break
    case $type in
      1) chassis=$(identifier "$value" 4) ;;
      2) port=$(identifier "$value" 3) ;;
      5) name=$(text "$value") ;;
    esac
  done
  [[ -n $chassis && -n $port ]] || continue
  jq -cn --arg switch "${name:-$chassis}" --arg port "$port" '{switch: $switch, port: $port}' >"/run/anneal/neighbours/.$card"
  mv -f "/run/anneal/neighbours/.$card" "/run/anneal/neighbours/$card"
done
