# One page that names the node, served by nginx on the given port. The distribution's own site gives way.
port=$(read_attribute lab-web-port)
node=$ANNEAL_NODE
title=$(read_attribute lab-web-title | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g')

mkdir -p /var/www/lab
cat >/var/www/lab/index.html.new <<END
<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>$title</title>
  <h1>$title</h1>
  <p>Served by <code>$node</code></p>
</html>
END
mv /var/www/lab/index.html.new /var/www/lab/index.html

configuration=$(
  cat <<END
# Written by Anneal (role lab-web-server); changes by hand do not last.
server {
  listen $port default_server;
  listen [::]:$port default_server;
  server_name _;
  root /var/www/lab;
  add_header X-Served-By $node always;
}
END
)
file=/etc/nginx/sites-available/lab
if [ "$configuration" != "$(cat "$file" 2>/dev/null)" ]; then
  printf '%s\n' "$configuration" >"$file.new"
  mv "$file.new" "$file"
fi
ln --symbolic --force "$file" /etc/nginx/sites-enabled/lab
rm --force /etc/nginx/sites-enabled/default

nginx -t || { echo "nginx refuses its configuration" >&2; exit 1; }
systemctl --quiet enable nginx
# A reload changes nothing where nothing has changed, and drops no request where something has.
systemctl reload-or-restart nginx
