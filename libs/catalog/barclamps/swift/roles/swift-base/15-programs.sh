# What the roles of swift share, where only root can change it.
for file in lib/*; do
  target=/usr/lib/anneal/openstack/${file##*/}
  if cmp --quiet "$file" "$target"; then continue; fi
  install -m 644 "$file" "$target.new"
  mv "$target.new" "$target"
  echo "$target is new"
done
