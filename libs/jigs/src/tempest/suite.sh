# Runs the suite and nothing else writes to standard output: what comes there is its stream, subunit version 2.
# tempest.conf and load-list stand beside this script, in a folder that is open to root alone and in memory.
work=$(read_attribute work)
before=$(read_attribute path)
if [[ -n $before ]]; then PATH=$before:$PATH; fi
umask 077

if ! suite=$(command -v tempest) || ! command -v stestr >/dev/null; then
  echo 'Tempest is not installed on this node: retry tempest-suite' >&2
  exit 69
fi
# The suite's own interpreter knows where its tests are, also when it is not the one of the system.
read -r interpreter <"$suite"
where='import importlib.util; print(importlib.util.find_spec("tempest").submodule_search_locations[0])'
# The interpreter may have arguments.
# shellcheck disable=SC2086
top=$(${interpreter#'#!'} -c "$where")

mkdir -p -- "$work/lock"
cd "$work"
printf '[DEFAULT]\ntest_path=%s/test_discover\ntop_dir=%s\ngroup_regex=([^\\.]*\\.)*\n' "$top" "$top" >.stestr.conf
if [[ ! -d .stestr ]]; then stestr init >&2; fi

# What older runs left here: streams are kept elsewhere, and logs are large.
keep=$(read_attribute keep)
mapfile -t old < <(ls -1dt -- "$work"/../*/ 2>/dev/null)
for folder in "${old[@]:keep}"; do
  if [[ ! $folder -ef $work ]]; then rm -rf -- "$folder"; fi
done

workers=()
if [[ $(read_attribute concurrency) != 0 ]]; then workers=(--concurrency "$(read_attribute concurrency)"); fi
status=0
tempest run --config-file "$ANNEAL_ROLE_DIR/tempest.conf" --load-list "$ANNEAL_ROLE_DIR/load-list" --subunit "${workers[@]}" </dev/null ||
  status=$?
write_attribute status "$status"
# It ends with 1 where a test failed, which is its work done.
if ((status > 1)); then exit "$status"; fi
