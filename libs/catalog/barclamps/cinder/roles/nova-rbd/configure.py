"""Gives libvirt the key of the volumes, under the number that cinder names to servers."""
import base64
import os
import tempfile

import anneal_ceph as ceph
import anneal_cloud as cloud
import settings


def virsh(*words, check=True):
    return cloud.run('virsh', '--connect', 'qemu:///system', *words, check=check, quiet=True)


def work():
    attribs = cloud.read_attribs()
    block = cloud.one(attribs['ceph-block'], 'which pool volumes are in')
    key = ceph.key(attribs['ceph-block-secret'])
    number = block['secret_uuid']
    if virsh('secret-get-value', number, check=False).stdout.strip() == key:
        print('libvirt has the key already')
        return
    with tempfile.TemporaryDirectory() as folder:
        cloud.put(f'{folder}/secret.xml', settings.secret_xml(block), mode=0o600)
        virsh('secret-define', f'{folder}/secret.xml')
        # From a file, so that no list of processes shows it.
        cloud.put(f'{folder}/key', base64.b64encode(base64.b64decode(key)).decode(), mode=0o600)
        virsh('secret-set-value', number, '--file', os.path.join(folder, 'key'))
    print('libvirt has the key')


cloud.main(work)
