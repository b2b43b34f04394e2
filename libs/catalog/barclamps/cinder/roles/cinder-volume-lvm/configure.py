"""Makes the group of disks, writes where volumes come from, and starts what makes and serves them."""
import json
import os
import stat

import anneal_cloud as cloud
import settings


def physical_volumes():
    """Device to group, of all that LVM knows here."""
    said = json.loads(cloud.run('pvs', '--reportformat', 'json', '--options', 'pv_name,vg_name', quiet=True))
    return {each['pv_name']: each['vg_name'] for each in said['report'][0]['pv']}


def look_at(device):
    if not os.path.exists(device) or not stat.S_ISBLK(os.stat(device).st_mode):
        raise cloud.Trouble(f'{device} is not a disk of this node: correct cinder-lvm-devices')
    if cloud.run('blkid', '--probe', '--output', 'export', os.path.realpath(device), check=False).stdout.strip():
        raise cloud.Trouble(f'{device} is not empty: erase it with hardware-disk-erase, or take it out of cinder-lvm-devices')


def make_group(devices):
    there = physical_volumes()
    for device in devices:
        real = os.path.realpath(device)
        if there.get(real) == settings.GROUP:
            continue
        look_at(device)
        exists = settings.GROUP in there.values()
        cloud.run('vgextend' if exists else 'vgcreate', settings.GROUP, real, quiet=True)
        there[real] = settings.GROUP
        print(f'{device} belongs to {settings.GROUP}')


def work():
    attribs, names = cloud.read_attribs(), cloud.names()
    make_group(attribs['cinder-lvm-devices'])
    conf = settings.volume_conf(attribs, cloud.own_address(), names['helper'])
    cloud.put(settings.CONF, cloud.ini(conf), group='cinder')
    cloud.serve(names['target'], [])
    cloud.serve(names['service'], ['/etc/cinder/cinder.conf', settings.CONF])


cloud.main(work)
