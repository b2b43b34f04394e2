# Looks which operating system runs, and that it is one that stays.
if [ ! -d /run/systemd/system ]; then
  echo "systemd does not run this node: install an operating system with systemd, then retry" >&2
  exit 1
fi
root_type=$(stat --file-system --format=%T /)
case $root_type in
  tmpfs | ramfs)
    echo "the node's root is in memory ($root_type): this is a discovery image, not an installed system" >&2
    exit 1
    ;;
esac

# The file is meant to be read by a shell; a subshell keeps its names out of ours.
# shellcheck disable=SC1091 # it is the node's own
id=$(. /etc/os-release && printf '%s' "${ID:-linux}")
# shellcheck disable=SC1091
version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
echo "found $id ${version:-without a version number}, root on $root_type"
# Both words are plain by os-release(5): no quotes or backslashes that JSON would care about.
write_attribute provisioner-os-release "{\"id\": \"$id\", \"version\": \"$version\"}"
