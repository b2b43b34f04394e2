"""What the roles of swift share: the ports of its servers, and how rings get from an attribute into files."""
import base64
import os

import anneal_cloud as cloud

FOLDER = '/etc/swift'
DISKS = '/srv/node'
PORTS = {'object': 6200, 'container': 6201, 'account': 6202}


def put_rings(attribs):
    """The rings that swift-rings has handed out. Paths of the files, in the order of their names."""
    rings = cloud.one(attribs['swift-ring-files'], 'which object is where')
    paths = []
    for kind in sorted(PORTS):
        path = f'{FOLDER}/{kind}.ring.gz'
        put_bytes(path, base64.b64decode(rings[kind]))
        paths.append(path)
    return paths


def put_bytes(path, data):
    try:
        with open(path, 'rb') as file:
            if file.read() == data:
                return
    except FileNotFoundError:
        pass
    with open(path + '.new', 'wb') as file:
        file.write(data)
    os.chmod(path + '.new', 0o644)
    os.replace(path + '.new', path)
    print(f'{path} is new')
