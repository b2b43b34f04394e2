# Makes sure that chrony is there. A node without a way to a package mirror must have it in its image.
if ! command -v chronyd >/dev/null; then
  if ! command -v apt-get >/dev/null; then
    echo "chronyd is missing and this is not a Debian system: install the package chrony by hand, then retry" >&2
    exit 1
  fi
  echo "chronyd is missing: installing the package chrony"
  patience=(-o DPkg::Lock::Timeout=60 -o Acquire::Retries=1 -o Acquire::http::Timeout=20)
  apt-get "${patience[@]}" --quiet update || echo "no package mirror answers; trying with the lists that are here"
  if ! apt-get "${patience[@]}" --quiet --yes --no-install-recommends install chrony; then
    echo "the package chrony cannot be installed: put it into the node's image, or give the node a way to a mirror" >&2
    exit 1
  fi
fi
echo "chronyd is at $(command -v chronyd)"
