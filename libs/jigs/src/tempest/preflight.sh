# Asks the cloud what the suite has to be told of it; see preflight.py.
command -v python3 >/dev/null || { echo 'there is no python3 here: retry tempest-suite on this node' >&2; exit 1; }
exec python3 -I "$ANNEAL_ROLE_DIR/preflight.py"
