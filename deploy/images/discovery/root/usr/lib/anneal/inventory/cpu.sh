# Processors: sockets, cores and threads that are at work, and what they can do.
. /usr/lib/anneal/inventory/read.sh
topology=$(lscpu -p=SOCKET,CORE,CPU | grep -v '^#')
model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
# ARM has numbers there; what they mean lscpu knows.
[[ -n $model ]] || model=$(lscpu | sed -n 's/^Model name: *//p' | head -n 1)
flags=$(sed -n 's/^\(flags\|Features\)[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
jq -n --arg model "$model" --arg flags "$flags" \
  --argjson sockets "$(cut -d, -f1 <<<"$topology" | sort -u | wc -l)" \
  --argjson cores "$(cut -d, -f2 <<<"$topology" | sort -u | wc -l)" \
  --argjson threads "$(wc -l <<<"$topology")" '
  {model: (if $model == "" or $model == "-" then null else $model end), sockets: $sockets, cores: $cores, threads: $threads,
   flags: ($flags | split(" ") | map(select(. != "")) | unique)}'
