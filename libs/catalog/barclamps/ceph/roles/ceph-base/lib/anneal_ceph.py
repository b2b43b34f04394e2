"""
What the roles of the storage cluster share. Nothing about the cluster is made up on a node: its identity and its keys follow
from secrets of the deployment, so every node writes the same, in whatever order they come.
"""
import base64
import hashlib
import json
import struct
import uuid

import anneal_cloud as cloud

CONF = '/etc/ceph/ceph.conf'
ADMIN_KEYRING = '/etc/ceph/ceph.client.admin.keyring'
BLOCK_USER = 'cinder'
EVERYTHING = {'mon': 'allow *', 'osd': 'allow *', 'mgr': 'allow *', 'mds': 'allow *'}


def key(secret):
    """A key as cephx writes it: kind AES, no time of making, 16 bytes, in base64."""
    raw = bytes.fromhex(secret)
    return base64.b64encode(struct.pack('<HIIH', 1, 0, 0, len(raw)) + raw).decode()


def identity(secret, of):
    """A UUID that follows from a secret and does not give it away."""
    return str(uuid.UUID(bytes=hashlib.sha256(f'anneal {of} {secret}'.encode()).digest()[:16], version=4))


def fsid(attribs):
    return identity(attribs['ceph-monitor-secret'], 'ceph cluster')


def keyring(*entries):
    """Entries are name, key and capabilities."""
    lines = []
    for name, value, capabilities in entries:
        lines.append(f'[{name}]')
        lines.append(f'\tkey = {value}')
        lines += [f'\tcaps {kind} = "{allowed}"' for kind, allowed in capabilities.items()]
    return '\n'.join(lines) + '\n'


def addresses(address):
    """Both protocols of a monitor."""
    host = cloud.bracket(address)
    return f'[v2:{host}:3300,v1:{host}:6789]'


def conf(attribs):
    """Only what finds the cluster. All else is kept by the monitors and changed there, so that nothing restarts for it."""
    monitors = cloud.values(attribs['ceph-monitor'])
    if not monitors:
        raise cloud.Trouble('there is to be no monitor anywhere: bind ceph-mon-address to a node')
    return cloud.ini({
        'global': {
            'fsid': fsid(attribs),
            'mon_initial_members': ','.join(each['name'] for each in monitors),
            'mon_host': ','.join(addresses(each['address']) for each in monitors),
            'auth_cluster_required': 'cephx',
            'auth_service_required': 'cephx',
            'auth_client_required': 'cephx',
        }
    })


def put_admin_keyring(attribs):
    cloud.put(ADMIN_KEYRING, keyring(('client.admin', key(attribs['ceph-admin-secret']), EVERYTHING)), mode=0o600)


def ceph(*words, text=None, check=True, seconds=60):
    """A command of the administrator; its answer as JSON where it is JSON."""
    out = cloud.run('ceph', '--connect-timeout', '20', *words, '--format', 'json', text=text, check=check, seconds=seconds, quiet=True)
    if not check:
        return out
    try:
        return json.loads(out)
    except ValueError:
        return out.strip()


def answers():
    return cloud.run('ceph', '--connect-timeout', '5', 'quorum_status', check=False, seconds=20).returncode == 0
