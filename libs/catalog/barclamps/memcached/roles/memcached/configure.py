"""memcached on the node's own address, and nowhere else: it asks nobody for a password."""
import socket

import anneal_cloud as cloud


def as_options(attribs, user, address):
    return f"""# Written by Anneal; changes by hand do not last.
-m {attribs["memcached-memory"]}
-p {attribs["memcached-port"]}
-c {attribs["memcached-connections"]}
-u {user}
-U 0
-l {address}
"""


def as_variables(attribs, user, address):
    return f"""# Written by Anneal; changes by hand do not last.
PORT="{attribs["memcached-port"]}"
USER="{user}"
MAXCONN="{attribs["memcached-connections"]}"
CACHESIZE="{attribs["memcached-memory"]}"
OPTIONS="-U 0 -l {address}"
"""


def version_at(address, port):
    try:
        with socket.create_connection((address, port), timeout=5) as wire:
            wire.sendall(b'version\r\n')
            answer = wire.recv(100).decode('latin-1').strip()
            return answer if answer.startswith('VERSION ') else None
    except OSError:
        return None


def work():
    attribs = cloud.read_attribs()
    names = cloud.names()
    address, port = cloud.own_address(), attribs['memcached-port']
    text = as_variables if names['file'].startswith('/etc/sysconfig/') else as_options
    cloud.put(names['file'], text(attribs, names['user'], address), mode=0o644)
    cloud.serve(names['service'], [names['file']])
    version = cloud.until(
        30,
        lambda: version_at(address, port),
        lambda: f'memcached does not answer at {address} port {port}:\n{cloud.last_words(names["service"])}',
    )
    print(f'memcached answers at {address} port {port}: {version}')
    cloud.write_output('memcached-endpoint', {'address': address, 'port': port})


cloud.main(work)
