"""A second store beside the files, and the one that new images go into. It is read after glance-api.conf and says more than that."""
import anneal_cloud as cloud

STORE = 'rbd'
USER = 'glance'
# By the name of the project: under uwsgi the program has no name of its own to look for.
CONF = '/etc/glance/glance.conf.d/60-rbd.conf'
KEYRING = f'/etc/ceph/ceph.client.{USER}.keyring'


def store_conf(pool):
    return cloud.ini({
        'DEFAULT': {'enabled_backends': f'files:file,{STORE}:rbd'},
        'glance_store': {'default_backend': STORE},
        STORE: {
            'store_description': 'the storage cluster',
            'rbd_store_pool': pool,
            'rbd_store_user': USER,
            'rbd_store_ceph_conf': '/etc/ceph/ceph.conf',
            'rbd_store_chunk_size': 8,
        },
    })
