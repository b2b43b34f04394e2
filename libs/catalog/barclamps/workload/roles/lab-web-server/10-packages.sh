# Makes sure that nginx-light is there. A node without a way to a package mirror must have it in its image.
if ! command -v nginx >/dev/null; then
  if ! command -v apt-get >/dev/null; then
    echo "nginx is missing and this is not a Debian system: install the package nginx-light by hand, then retry" >&2
    exit 1
  fi
  echo "nginx is missing: installing the package nginx-light"
  patience=(-o DPkg::Lock::Timeout=60 -o Acquire::Retries=1 -o Acquire::http::Timeout=20)
  apt-get "${patience[@]}" --quiet update || echo "no package mirror answers; trying with the lists that are here"
  if ! apt-get "${patience[@]}" --quiet --yes --no-install-recommends install nginx-light; then
    echo "the package nginx-light cannot be installed: put it into the node's image, or give the node a way to a mirror" >&2
    exit 1
  fi
fi
echo "nginx is at $(command -v nginx)"
