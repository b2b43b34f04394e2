"""Makes the rule, the pool and the key for volumes. A pool that is there keeps what is in it."""
import anneal_ceph as ceph
import anneal_cloud as cloud


def work():
    attribs = cloud.read_attribs()
    ceph.put_admin_keyring(attribs)
    pool, domain = attribs['ceph-block-pool'], attribs['ceph-failure-domain']
    rule = f'anneal-{domain}'
    if rule not in ceph.ceph('osd', 'crush', 'rule', 'ls'):
        ceph.ceph('osd', 'crush', 'rule', 'create-replicated', rule, 'default', domain)
    if pool not in ceph.ceph('osd', 'pool', 'ls'):
        groups = str(attribs['ceph-block-groups'])
        ceph.ceph('osd', 'pool', 'create', pool, groups, groups, 'replicated', rule)
        print(f'pool {pool} was made')
    elif ceph.ceph('osd', 'pool', 'get', pool, 'crush_rule')['crush_rule'] != rule:
        ceph.ceph('osd', 'pool', 'set', pool, 'crush_rule', rule)
        print(f'pool {pool} follows {rule} now')
    cloud.run('rbd', 'pool', 'init', pool, seconds=120, quiet=True)
    allowed = {'mon': 'profile rbd', 'osd': f'profile rbd pool={pool}', 'mgr': f'profile rbd pool={pool}'}
    entry = (f'client.{ceph.BLOCK_USER}', ceph.key(attribs['ceph-block-secret']), allowed)
    ceph.ceph('auth', 'import', '-i', '-', text=ceph.keyring(entry))


cloud.main(work)
