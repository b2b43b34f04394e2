"""Gets the manager its key and starts it."""
import os

import anneal_ceph as ceph
import anneal_cloud as cloud


def work():
    attribs = cloud.read_attribs()
    name = os.environ['ANNEAL_NODE'].split('.')[0]
    ceph.put_admin_keyring(attribs)
    allowed = ['mon', 'allow profile mgr', 'osd', 'allow *', 'mds', 'allow *']
    made = ceph.ceph('auth', 'get-or-create', f'mgr.{name}', *allowed)[0]
    folder = f'/var/lib/ceph/mgr/ceph-{name}'
    cloud.make_folder(folder, owner='ceph', group='ceph')
    cloud.put(f'{folder}/keyring', ceph.keyring((f'mgr.{name}', made['key'], {})), owner='ceph', group='ceph', mode=0o600)
    cloud.serve(f'ceph-mgr@{name}', [f'{folder}/keyring'])


cloud.main(work)
