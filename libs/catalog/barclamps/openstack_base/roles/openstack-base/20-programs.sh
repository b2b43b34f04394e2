# The programs that the other roles share, where only root can change them.
target=/usr/lib/anneal/openstack
mkdir -p $target
chmod 755 /usr/lib/anneal $target
for file in lib/*; do
  name=${file##*/}
  if cmp --quiet "$file" "$target/$name"; then continue; fi
  install -m 644 "$file" "$target/$name.new"
  mv "$target/$name.new" "$target/$name"
  echo "$target/$name is new"
done
. $target/packages.sh
if ! command -v python3 >/dev/null; then install_packages python3; fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' || {
  echo "the programs of the cloud's roles need Python 3.9 or newer: use a newer release of this system" >&2
  exit 1
}
