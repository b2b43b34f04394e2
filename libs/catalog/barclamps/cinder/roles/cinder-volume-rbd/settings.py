"""Volumes in the storage cluster."""
BACKEND = 'rbd'
CONF = '/etc/cinder/cinder.conf.d/60-rbd.conf'


def volume_conf(attribs, block):
    return {
        'DEFAULT': {'enabled_backends': BACKEND},
        BACKEND: {
            'volume_driver': 'cinder.volume.drivers.rbd.RBDDriver',
            'volume_backend_name': BACKEND,
            # One name for all nodes that serve the same pool: whichever is up answers for every volume of it.
            'backend_host': BACKEND,
            'rbd_pool': block['pool'],
            'rbd_user': block['user'],
            'rbd_ceph_conf': '/etc/ceph/ceph.conf',
            'rbd_secret_uuid': block['secret_uuid'],
            'rbd_flatten_volume_from_snapshot': attribs['cinder-rbd-flatten'],
            'image_upload_use_cinder_backend': False,
        },
    }
