# Links: which cards have one, how fast it is now, and who was heard at the other end.
. /usr/lib/anneal/inventory/cards.sh
for card in $(cards); do
  up=false speed=
  { [[ $(<"/sys/class/net/$card/carrier") == 1 ]] && up=true; } 2>/dev/null
  { read -r speed <"/sys/class/net/$card/speed"; } 2>/dev/null
  if [[ ! $speed =~ ^[1-9][0-9]*$ || $up == false ]]; then speed=null; fi
  neighbour=null
  if [[ -s /run/anneal/neighbours/$card ]]; then neighbour=$(<"/run/anneal/neighbours/$card"); fi
  jq -cn --arg name "$card" --argjson up "$up" --argjson speed "$speed" --argjson neighbour "$neighbour" \
    '{name: $name, up: $up, mbit_per_second: $speed, neighbour: $neighbour}'
done | jq -s .
