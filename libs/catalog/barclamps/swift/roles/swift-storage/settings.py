"""What the servers of accounts, containers and objects are told, and rsync between them."""
import anneal_cloud as cloud
import anneal_objects as objects

#: The daemons beside each server; each wants a section of its own, even an empty one.
DAEMONS = {
    'account': ['replicator', 'auditor', 'reaper'],
    'container': ['replicator', 'auditor', 'updater', 'sync', 'sharder'],
    'object': ['replicator', 'reconstructor', 'auditor', 'updater'],
}


def server_conf(kind, attribs, address):
    return {
        'DEFAULT': {
            'bind_ip': address,
            'bind_port': objects.PORTS[kind],
            'devices': objects.DISKS,
            'mount_check': False,
            'workers': attribs['swift-storage-workers'],
            'user': 'swift',
            'log_name': f'swift-{kind}',
            'log_level': 'INFO',
        },
        'pipeline:main': {'pipeline': f'healthcheck recon {kind}-server'},
        f'app:{kind}-server': {'use': f'egg:swift#{kind}'},
        'filter:healthcheck': {'use': 'egg:swift#healthcheck'},
        'filter:recon': {'use': 'egg:swift#recon', 'recon_cache_path': '/var/cache/swift'},
        **{f'{kind}-{daemon}': {} for daemon in DAEMONS[kind]},
    }


def rsync_conf(address, allowed):
    """Copies go from node to node by rsync, and only between those that keep objects."""
    lines = [
        '# Written by Anneal; changes by hand do not last.',
        'uid = swift',
        'gid = swift',
        f'address = {address}',
        'pid file = /run/rsyncd.pid',
        'log file = /var/log/rsyncd.log',
    ]
    for kind in sorted(objects.PORTS):
        lines += [
            '',
            f'[{kind}]',
            'max connections = 8',
            f'path = {objects.DISKS}',
            'read only = false',
            f'lock file = /run/lock/{kind}.lock',
            f'hosts allow = {" ".join(sorted(allowed))}',
        ]
    return '\n'.join(lines) + '\n'
