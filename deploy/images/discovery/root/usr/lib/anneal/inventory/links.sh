# Links: which cards have one, how fast it is now, and who was heard at the other end.
. /usr/lib/anneal/inventory/cards.sh
for card in $(cards); do
  up=false speed='' neighbour=''
  { [[ $(<"/sys/class/net/$card/carrier") == 1 ]] && up=true; } 2>/dev/null
  { read -r speed <"/sys/class/net/$card/speed"; } 2>/dev/null
  if [[ ! $speed =~ ^[1-9][0-9]*$ || $up == false ]]; then speed=; fi
  if [[ -s /run/anneal/neighbours/$card ]]; then neighbour=$(<"/run/anneal/neighbours/$card"); fi
  printf '%s\t%s\t%s\t%s\n' "$card" "$up" "$speed" "$neighbour"
done | jq -Rn '[inputs | split("\t") | {
  name: .[0], up: (.[1] == "true"), mbit_per_second: (if .[2] == "" then null else (.[2] | tonumber) end),
  neighbour: (if .[3] == "" then null else (.[3] | fromjson) end)}]'
