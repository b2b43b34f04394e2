"""An image is made and removed with the key that clients will have; only then they are told."""
import os
import tempfile

import anneal_ceph as ceph
import anneal_cloud as cloud


def work():
    attribs = cloud.read_attribs()
    pool = attribs['ceph-block-pool']
    with tempfile.TemporaryDirectory() as folder:
        cloud.put(f'{folder}/keyring', ceph.keyring((f'client.{ceph.BLOCK_USER}', ceph.key(attribs['ceph-block-secret']), {})), mode=0o600)
        as_client = ['rbd', '--id', ceph.BLOCK_USER, '--keyring', f'{folder}/keyring']
        image = f'{pool}/anneal-look-{os.getpid()}'
        cloud.run(*as_client, 'create', '--size', '1M', image, seconds=120, quiet=True)
        cloud.run(*as_client, 'rm', '--no-progress', image, seconds=120, quiet=True)
    print(f'{ceph.BLOCK_USER} can write in {pool}')
    cloud.write_output('ceph-block', {
        'fsid': ceph.fsid(attribs),
        'pool': pool,
        'user': ceph.BLOCK_USER,
        'secret_uuid': ceph.identity(attribs['ceph-block-secret'], 'libvirt secret'),
    })


cloud.main(work)
