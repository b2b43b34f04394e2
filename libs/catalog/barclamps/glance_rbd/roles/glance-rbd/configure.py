"""Makes the pool and the key, tells the image API of them, and has it read that."""
import anneal_ceph as ceph
import anneal_cloud as cloud
import settings


def make_pool(attribs):
    pool, groups = attribs['glance-rbd-pool'], str(attribs['glance-rbd-groups'])
    if pool not in ceph.ceph('osd', 'pool', 'ls'):
        ceph.ceph('osd', 'pool', 'create', pool, groups, groups, 'replicated', f'anneal-{attribs["ceph-failure-domain"]}')
        print(f'pool {pool} was made')
    cloud.run('rbd', 'pool', 'init', pool, seconds=120, quiet=True)
    allowed = {'mon': 'profile rbd', 'osd': f'profile rbd pool={pool}', 'mgr': f'profile rbd pool={pool}'}
    key = ceph.key(attribs['glance-rbd-secret'])
    ceph.ceph('auth', 'import', '-i', '-', text=ceph.keyring((f'client.{settings.USER}', key, allowed)))
    cloud.put(settings.KEYRING, ceph.keyring((f'client.{settings.USER}', key, {})), group='glance')


def work():
    attribs, unit = cloud.read_attribs(), cloud.names()['service']
    ceph.put_admin_keyring(attribs)
    make_pool(attribs)
    cloud.put(settings.CONF, settings.store_conf(attribs['glance-rbd-pool']), group='glance')
    read = cloud.digest([settings.CONF, settings.KEYRING, ceph.CONF])
    cloud.once('glance-rbd', read, lambda: cloud.run('systemctl', 'restart', unit, seconds=120))


cloud.main(work)
