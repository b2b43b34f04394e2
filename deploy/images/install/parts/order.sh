# Reads the install order. Its texts come from far away: they are only ever used as words, never as shell.

# order WORD: a value of the order; empty where there is none. They were written down once, because jq takes its time.
order() { sed -n "s/^$1 //p" "$STATE/words"; }

# write_words: after the order was checked, so that each value is one line.
write_words() {
  jq -r '
    "install \(.install)", "token \(.token)", "report_url \(.report_url)", "node \(.node.name)", "layout \(.layout)",
    "image_url \(.image.url)", "image_sha256 \(.image.sha256)", "image_bytes \(.image.bytes)",
    "image_raw_bytes \(.image.raw_bytes)", "image_compression \(.image.compression)",
    "params \(.kernel_params // [] | join(" "))", "join_url \(.join.url)", "join_token \(.join.token)",
    (.proxy // empty | "proxy \(.)"), (.files // [] | "files \(length)")' "$STATE/order.json" >"$STATE/words"
}

# check_order: says what is missing or not understood, and fails then.
check_order() {
  jq -r '
    def text: type == "string" and length > 0 and (test("[\\x00-\\x1f]") | not);
    def size: type == "number" and . > 0;
    if type != "object" then "it is no JSON object"
    elif (.install | text | not) or (.token | text | not) then "install and token are missing"
    elif (.report_url | text | not) or (.report_url | test("^https?://[^ ]+$") | not) then "report_url is no address"
    elif (.node.name | text | not) or (.node.name | test("^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$") | not) then "node.name is no host name"
    elif (.layout | IN("plain", "lvm", "raid1") | not) then "layout is none of plain, lvm and raid1"
    elif (.disks | type) != "array" or (.disks | length) == 0 then "no disk is granted"
    elif (.disks | all(.[]; (.id | text) and (.bytes | size)) | not) then "a granted disk has no id or no size"
    elif (.disks | map(.id) | unique | length) != (.disks | length) then "a disk is granted twice"
    elif .layout == "raid1" and (.disks | length) < 2 then "raid1 needs two granted disks"
    elif (.image.url | text | not) or (.image.sha256 | text | not) or (.image.sha256 | test("^[0-9a-f]{64}$") | not) then "the image has no address or no SHA-256"
    elif (.image.bytes | size | not) or (.image.raw_bytes | size | not) then "the image has no size"
    elif (.image.compression | IN("zstd", "none") | not) then "the image is packed in a way that is not known here"
    elif (.files // [] | all(.[]; (.path | text) and (.path | test("^/") and (test("(^|/)[.][.](/|$)") | not)) and (.mode | test("^[0-7]{3,4}$"))) | not) then "a file has no absolute path or no mode"
    elif (.authorized_keys // [] | all(.[]; text) | not) then "a key is no single line"
    elif (.kernel_params // [] | all(.[]; text and test("^[-A-Za-z0-9_.,:=/+@%]+$")) | not) then "a kernel parameter has characters that no kernel parameter has"
    elif (.join.url | text | not) or (.join.token | text | not) then "join has no address or no token"
    elif (.proxy != null and (.proxy | text and test("^https?://[^ \"]+$") | not)) then "proxy is no address"
    else "" end' "$STATE/order.json" >"$STATE/problem" 2>/dev/null || echo 'it is no JSON' >"$STATE/problem"
  [ -s "$STATE/problem" ] || echo 'it is empty' >"$STATE/problem"
  problem=$(cat "$STATE/problem")
  [ -z "$problem" ] && write_words && return 0
  echo "$problem"
  return 1
}
