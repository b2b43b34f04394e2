# Memory: the modules as SMBIOS lists them, and their sum; without a list, what the kernel has.
modules=$(dmidecode -q -t 17 2>/dev/null | awk -F': ' '
  function give() { if (bytes > 0) printf "%s\t%.0f\t%s\n", slot, bytes, speed }
  /^Memory Device/ { give(); slot = ""; bytes = 0; speed = "" }
  $1 == "\tSize" && split($2, size, " ") == 2 {
    unit["kB"] = 1024; unit["MB"] = 1048576; unit["GB"] = 1073741824; unit["TB"] = 1099511627776
    bytes = size[1] * unit[size[2]]
  }
  $1 == "\tLocator" { slot = $2 }
  $1 == "\tConfigured Memory Speed" && $2 ~ /^[0-9]+ MT/ { speed = $2 + 0 }
  $1 == "\tSpeed" && $2 ~ /^[0-9]+ MT/ && speed == "" { speed = $2 + 0 }
  END { give() }')
jq -n --arg modules "$modules" --argjson seen "$(awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 }' /proc/meminfo)" '
  [$modules | split("\n")[] | select(. != "") | split("\t")
    | {slot: .[0], bytes: (.[1] | tonumber), mt_per_second: (if .[2] == "" then null else (.[2] | tonumber) end)}] as $list
  | {bytes: (if $list == [] then $seen else ($list | map(.bytes) | add) end), modules: $list}'
