# Carries out one role on this machine, as root, under bash 4.2 or newer. It is the argument of `bash --noprofile --norc -c`,
# and everything it works on comes as one bundle on standard input: no attribute is ever seen in `ps`.
#
# What it promises:
#   - nothing begins before the whole bundle is here, and nothing is executed from /tmp, or from any file: scripts are sourced;
#   - an attempt with a lower fence than this machine has seen of its installation does nothing; a higher one first ends
#     what an older one left;
#   - every script runs with errexit and pipefail in a subshell of its own, in the order given, until one fails;
#   - TERM ends all that the scripts started, KILL follows after five seconds, and outputs are handed back even then;
#   - the private folder with the attributes is gone when it ends.
#
# To the other side it speaks in lines that begin with a record separator and a word only the two know; all other lines
# are the scripts' own. Its names begin with anneal_ because the scripts are sourced and see them.

export LC_ALL=C LANG=C DEBIAN_FRONTEND=noninteractive HOME="${HOME:-/root}"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

# Seconds from TERM to KILL, and until ending a session is given up.
anneal_kill_after=5
anneal_give_up_after=8
# Bytes of outputs that are handed back.
anneal_outputs_max=1048576

anneal_refuse() {
  printf '%s\n' "$1" >&2
  exit 70
}

anneal_say() {
  printf '\036%s %s\n' "$anneal_nonce" "$1"
}

# --- the bundle: the size of the length table, the table, then all pieces in one block -----------------------------------

anneal_blob= anneal_total=0 anneal_offset=0 anneal_piece=0
IFS= read -r anneal_size
[[ $anneal_size =~ ^[0-9]+$ ]] && IFS= read -r -N "$anneal_size" anneal_table
anneal_lengths=($anneal_table)
for anneal_length in "${anneal_lengths[@]}"; do ((anneal_total += anneal_length)); done
((anneal_total > 0)) && IFS= read -r -N "$anneal_total" anneal_blob
((anneal_total > 0 && ${#anneal_blob} == anneal_total)) || anneal_refuse 'the bundle was cut short; nothing was started'

anneal_take() {
  printf -v "$1" %s "${anneal_blob:anneal_offset:anneal_lengths[anneal_piece]}"
  ((anneal_offset += anneal_lengths[anneal_piece], anneal_piece += 1))
}

for anneal_name in nonce fence installation state_folder run_folder json index strings; do
  anneal_take "anneal_$anneal_name"
done
anneal_claim=$anneal_run_folder/$anneal_fence
anneal_work=$anneal_run_folder/work
anneal_folders=() anneal_asked=0
anneal_paths=() anneal_contents=() anneal_scripts=()
while ((anneal_piece < ${#anneal_lengths[@]})); do
  anneal_take anneal_kind
  anneal_take anneal_path
  anneal_take anneal_content
  if [[ $anneal_kind == variable ]]; then
    export "$anneal_path=$anneal_content"
    continue
  fi
  anneal_paths+=("$anneal_path")
  anneal_contents+=("$anneal_content")
  if [[ $anneal_content == *_attribute* ]]; then anneal_asked=1; fi
  if [[ $anneal_kind == script ]]; then anneal_scripts+=("$anneal_path"); fi
  if [[ $anneal_path == */* ]]; then anneal_folders+=("$anneal_work/role/${anneal_path%/*}"); fi
done
unset anneal_blob anneal_content

# --- processes: the fields of /proc/PID/stat after the name, which is in parentheses and may hold anything ----------------

anneal_stat() {
  local line=
  { IFS= read -r -d '' line <"/proc/$1/stat"; } 2>/dev/null
  anneal_fields=(${line##*) })
  ((${#anneal_fields[@]} > 19))
}

# The processes of session $1 but for this one: state is field 0, session 3, start time 19.
anneal_members() {
  local folder pid
  anneal_pids=()
  for folder in /proc/[0-9]*; do
    pid=${folder##*/}
    if anneal_stat "$pid" && [[ ${anneal_fields[3]} == "$1" && ${anneal_fields[0]} != Z && $pid != "$$" ]]; then
      anneal_pids+=("$pid")
    fi
  done
  ((${#anneal_pids[@]} > 0))
}

anneal_end_session() {
  local begun=$SECONDS told=-1
  while anneal_members "$1"; do
    # Again every second: a shell that is told just before it begins to wait for a script would wait for its end.
    if ((SECONDS > told)); then kill -TERM "${anneal_pids[@]}" 2>/dev/null; fi
    if ((SECONDS - begun > anneal_kill_after)); then kill -KILL "${anneal_pids[@]}" 2>/dev/null; fi
    if ((SECONDS - begun > anneal_give_up_after)); then return 1; fi
    told=$SECONDS
    sleep 0.1
  done
  return 0
}

# --- the claim: every attempt makes a file named by its fence before it looks at the others -------------------------------
# Of two that come at the same time at least one therefore sees the other, without a lock: the lower one refuses itself, or
# the higher one ends it. The file says who works there; an empty one is of somebody who has not looked yet and will refuse
# itself. Only who has passed touches the work folder, which stays from run to run because making one costs a process.

anneal_stopped=0
trap 'anneal_stopped=1' TERM INT HUP
trap : PIPE

if [[ ! -d $anneal_work/role || ! -d $anneal_state_folder ]]; then
  mkdir -p -- "$anneal_work/role" "$anneal_state_folder"
  [[ -d $anneal_work/role ]] || anneal_refuse "cannot make $anneal_work; nothing was started"
fi
anneal_fence_file=$anneal_state_folder/fence-$anneal_installation
[[ -w $anneal_state_folder ]] || anneal_fence_file=$anneal_run_folder/fence-$anneal_installation
anneal_stale=()

# Whether somebody stands behind a claim: who made it lives, or has not said yet who it is.
anneal_stands() {
  local session= start=
  if [[ -r $1 ]]; then read -r session start <"$1"; fi
  [[ -z $session ]] || { anneal_stat "$session" && [[ ${anneal_fields[19]} == "$start" ]]; }
}

anneal_superseded_by() {
  local claim seen=0
  if [[ -r $anneal_fence_file ]]; then read -r seen <"$anneal_fence_file"; fi
  [[ $seen =~ ^[0-9]+$ ]] || seen=0
  for claim in "$anneal_run_folder"/[0-9]*; do
    if [[ ${claim##*/} =~ ^[0-9]+$ ]] && ((${claim##*/} > seen && ${claim##*/} > anneal_fence)) && anneal_stands "$claim"; then
      seen=${claim##*/}
    fi
  done
  anneal_seen=$seen
  ((seen > anneal_fence))
}

anneal_end_leftover() {
  local session= start=
  if [[ -r $1 ]]; then read -r session start <"$1"; fi
  [[ $session =~ ^[0-9]+$ && $session != "$$" ]] || return 0
  # The number may have been given to somebody else since: then the leader is there and began at another time.
  if anneal_stat "$session" && [[ ${anneal_fields[19]} != "$start" ]]; then return 0; fi
  anneal_members "$session" || return 0
  anneal_say 'note an older attempt had left work running on this node; it is ended first'
  anneal_end_session "$session" || anneal_refuse "what an older attempt left running does not end; nothing was started"
}

anneal_end_leftover "$anneal_claim"
anneal_stat "$$"
printf '%s %s\n' "$$" "${anneal_fields[19]}" >"$anneal_claim" || anneal_refuse "cannot write $anneal_claim; nothing was started"
if anneal_superseded_by; then
  anneal_say "superseded $anneal_seen"
  exec rm -f -- "$anneal_claim" </dev/null >/dev/null 2>&1
fi
for anneal_other in "$anneal_run_folder"/[0-9]*; do
  if [[ ! ${anneal_other##*/} =~ ^[0-9]+$ || $anneal_other == "$anneal_claim" ]]; then continue; fi
  # Only lower ones are ended: a higher one may have come since the look above, and it will end this one.
  if ((${anneal_other##*/} < anneal_fence)); then
    anneal_end_leftover "$anneal_other"
    anneal_stale+=("$anneal_other")
  elif ! anneal_stands "$anneal_other"; then
    anneal_stale+=("$anneal_other")
  fi
done
# Whoever ends in order leaves the work folder empty; after anybody else it is made anew.
if ((${#anneal_stale[@]} > 0)) || [[ -e $anneal_work/attribs.json ]]; then
  rm -rf -- "$anneal_work" "${anneal_stale[@]}"
  anneal_folders+=("$anneal_work/role")
fi
if ((${#anneal_folders[@]} > 0)); then mkdir -p -- "${anneal_folders[@]}"; fi
# In place and with a fixed width: cutting the file to nothing first would make ext4 write it out at once, every time.
printf '%-20s\n' "$anneal_fence" 1<>"$anneal_fence_file"

# --- what the scripts find ------------------------------------------------------------------------------------------------

export ANNEAL_ROLE_DIR=$anneal_work/role ANNEAL_ATTRIBS=$anneal_work/attribs.json
[[ -w /tmp ]] || export TMPDIR=$anneal_work/role
printf %s "$anneal_json" >"$ANNEAL_ATTRIBS"
for ((anneal_piece = 0; anneal_piece < ${#anneal_paths[@]}; anneal_piece++)); do
  printf %s "${anneal_contents[anneal_piece]}" >"$ANNEAL_ROLE_DIR/${anneal_paths[anneal_piece]}" ||
    anneal_refuse "cannot write to $ANNEAL_ROLE_DIR; nothing was started"
done
unset anneal_contents

# The index has a line for every value in the attributes: path, type, offset and length, parted by the unit separator (a
# tab would count as white space, and the path of the whole is empty). A string's text stands in anneal_strings,
# everything else is a stretch of the JSON text. It is read once, and only where a script looks as if it would ask.
anneal_write_index() {
  if [[ ! -e $anneal_work/index ]]; then printf %s "$anneal_index" >"$anneal_work/index"; fi
}

anneal_load() {
  if [[ -n ${anneal_loaded:-} ]]; then return 0; fi
  declare -gA anneal_type=() anneal_start=() anneal_length=()
  local path type start length
  anneal_write_index
  while IFS=$'\037' read -r path type start length; do
    anneal_type[/$path]=$type anneal_start[/$path]=$start anneal_length[/$path]=$length
  done <"$anneal_work/index"
  anneal_loaded=yes
}

anneal_path_of() {
  anneal_path=/${1#/}
  if [[ $anneal_path != / ]]; then anneal_path=${anneal_path%/}; fi
}

# read_attribute a/b/0: a string as it is, anything else as JSON, nothing for null or what is not there.
read_attribute() {
  local LC_ALL=C anneal_path
  anneal_load
  anneal_path_of "${1:-}"
  local start=${anneal_start[$anneal_path]:-0} length=${anneal_length[$anneal_path]:-0}
  case ${anneal_type[$anneal_path]:-null} in
    null) ;;
    string) printf '%s\n' "${anneal_strings:start:length}" ;;
    *) printf '%s\n' "${anneal_json:start:length}" ;;
  esac
}

# has_attribute a/b: whether there is such a value and it is not null.
has_attribute() {
  local anneal_path
  anneal_load
  anneal_path_of "${1:-}"
  [[ ${anneal_type[$anneal_path]:-null} != null ]]
}

# get_keys a/b: the keys of a map, or the positions of a list, one a line, in the order of the attributes.
get_keys() {
  local anneal_path path type rest
  anneal_path_of "${1:-}"
  if [[ $anneal_path == / ]]; then anneal_path=; fi
  anneal_write_index
  while IFS=$'\037' read -r path type rest; do
    path=/$path
    if [[ $path != / && $path == "$anneal_path"/* && ${path#"$anneal_path"/} != */* ]]; then
      printf '%s\n' "${path#"$anneal_path"/}"
    fi
  done <"$anneal_work/index"
}

# anneal_quoted VARIABLE TEXT: the text as a JSON string.
anneal_quoted() {
  local LC_ALL=C text=$2 code char escape
  # The replacements are quoted because an unquoted & or backslash in one means something since bash 5.2.
  text=${text//'\'/'\\'}
  text=${text//'"'/'\"'}
  text=${text//$'\n'/'\n'}
  text=${text//$'\r'/'\r'}
  text=${text//$'\t'/'\t'}
  if [[ $text == *[$'\001'-$'\037']* ]]; then
    for ((code = 1; code < 32; code++)); do
      printf -v escape '\\u%04x' "$code"
      printf -v char "\\x$(printf %x "$code")"
      text=${text//"$char"/"$escape"}
    done
  fi
  printf -v "$1" '"%s"' "$text"
}

# write_attribute NAME JSON: hands a value back; it is checked against the schema that the role declares for it.
write_attribute() {
  local name json=${2-}
  if [[ $# -ne 2 || -z $json ]]; then
    printf 'write_attribute wants a name and a JSON value\n' >&2
    return 2
  fi
  anneal_quoted name "$1"
  printf '{"name":%s,"value":%s}\n' "$name" "${json//[$'\n\r']/ }" >&3
}

# write_attribute_string NAME TEXT: the same for a text as it is.
write_attribute_string() {
  local json
  anneal_quoted json "${2-}"
  write_attribute "$1" "$json"
}

# need_reboot: the machine is to be rebooted after this role. The script goes on.
need_reboot() {
  : >"$anneal_work/reboot"
}

# not_yet [SECONDS]: the machine is not ready for this; ends the script, and the role is tried again after that time.
not_yet() {
  printf '%s\n' "${1:-0}" >"$anneal_work/retry"
  exit 75
}

# --- the work -------------------------------------------------------------------------------------------------------------

if ((anneal_asked)); then anneal_load; fi
anneal_status=0 anneal_ended=by-itself
for anneal_script in "${anneal_scripts[@]}"; do
  if ((anneal_stopped)); then break; fi
  anneal_say "begin $anneal_script"
  (
    trap - TERM INT HUP PIPE
    umask 022
    exec 3>>"$anneal_work/outputs"
    cd "$ANNEAL_ROLE_DIR"
    set -eo pipefail
    . "./$anneal_script"
  ) </dev/null &
  wait $!
  anneal_status=$?
  if ((anneal_stopped)); then break; fi
  if ((anneal_status == 64)); then
    : >"$anneal_work/reboot"
    anneal_status=0
  fi
  if ((anneal_status != 0)); then break; fi
done
if ((anneal_stopped)); then
  anneal_status=143 anneal_ended=stopped
  if anneal_superseded_by; then anneal_ended=superseded; fi
fi
if ((anneal_status != 0)); then anneal_end_session "$$"; fi

anneal_bytes=0
[[ -e $anneal_work/outputs ]] || : >"$anneal_work/outputs"
while IFS= read -r anneal_line || [[ -n $anneal_line ]]; do
  ((anneal_bytes += ${#anneal_line} + 1))
  if ((anneal_bytes > anneal_outputs_max)); then
    anneal_say 'too-much'
    break
  fi
  anneal_say "output $anneal_line"
done <"$anneal_work/outputs"
anneal_reboot=0 anneal_retry=0
if [[ -e $anneal_work/reboot ]]; then anneal_reboot=1; fi
if [[ -s $anneal_work/retry ]]; then read -r anneal_retry <"$anneal_work/retry"; fi
anneal_say "end $anneal_status $anneal_ended $anneal_reboot $anneal_retry"
# The claim goes last: as long as it stands, whoever comes next knows that this folder is not empty yet.
shopt -s nullglob dotglob
exec rm -rf -- "$anneal_work"/{role/*,attribs.json,index,outputs,reboot,retry} "$anneal_claim" </dev/null >/dev/null 2>&1
