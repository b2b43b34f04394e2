"""libvirt gives the key back, and qemu can read from the storage cluster."""
import anneal_ceph as ceph
import anneal_cloud as cloud


def work():
    attribs = cloud.read_attribs()
    block = cloud.one(attribs['ceph-block'], 'which pool volumes are in')
    said = cloud.run('virsh', '--connect', 'qemu:///system', 'secret-get-value', block['secret_uuid'], quiet=True).strip()
    if said != ceph.key(attribs['ceph-block-secret']):
        raise cloud.Trouble('libvirt gives another key back than it was given: retry')
    formats = cloud.run('qemu-img', '--help', quiet=True)
    if ' rbd' not in formats:
        raise cloud.Trouble('qemu here knows no rbd: see that the package with its block drivers is installed')
    print('libvirt has the key of the volumes and qemu knows how to read them')


cloud.main(work)
