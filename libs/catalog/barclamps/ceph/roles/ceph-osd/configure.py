"""
Makes the stores of this node's disks and starts them. What identifies a disk in the cluster is written down before the
cluster hears of it, so a run that breaks off does not leave a number behind that nobody uses.
"""
import json
import os
import stat
import uuid

import anneal_ceph as ceph
import anneal_cloud as cloud

RECORD = '/var/lib/ceph/anneal-osds.json'
GIB = 1024**3


def load_record():
    try:
        with open(RECORD, encoding='utf-8') as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def look_at_device(device):
    """Refuses a disk that holds something: what is on it is somebody's until it has been erased."""
    if not os.path.exists(device) or not stat.S_ISBLK(os.stat(device).st_mode):
        raise cloud.Trouble(f'{device} is not a disk of this node: correct ceph-osd-devices')
    found = cloud.run('blkid', '--probe', '--output', 'export', os.path.realpath(device), check=False).stdout
    if found.strip():
        kinds = ' '.join(line for line in found.splitlines() if line.startswith(('TYPE', 'PTTYPE')))
        raise cloud.Trouble(f'{device} is not empty ({kinds}): erase it with hardware-disk-erase, or take it out of ceph-osd-devices')


def own_devices(devices):
    """The daemon is not root: a rule gives it the disks, now and after a reboot."""
    rules = ['# Written by Anneal; changes by hand do not last.']
    for device in devices:
        link = device.removeprefix('/dev/')
        rules.append(f'SUBSYSTEM=="block", ENV{{DEVLINKS}}=="*/dev/{link}*", OWNER="ceph", GROUP="ceph", MODE="0660"')
    if devices and cloud.put('/etc/udev/rules.d/70-anneal-ceph.rules', '\n'.join(rules) + '\n', mode=0o644):
        cloud.run('udevadm', 'control', '--reload', check=False)
    for device in devices:
        cloud.run('chown', 'ceph:ceph', os.path.realpath(device))


def make_osd(entry, device, gib):
    """The number in the cluster and the store of one disk."""
    number = ceph.ceph('osd', 'new', entry['uuid'], '-i', '-', text=json.dumps({'cephx_secret': entry['secret']}))
    number = number['osdid'] if isinstance(number, dict) else int(number)
    folder = f'/var/lib/ceph/osd/ceph-{number}'
    if os.path.exists(f'{folder}/ready'):
        return number
    cloud.make_folder(folder, owner='ceph', group='ceph')
    cloud.put(f'{folder}/keyring', ceph.keyring((f'osd.{number}', entry['secret'], {})), owner='ceph', group='ceph', mode=0o600)
    sizes = []
    if device is None:
        sizes = [f'--bluestore-block-size={gib * GIB}']
    else:
        look_at_device(device)
        own_devices([device])
        if not os.path.islink(f'{folder}/block'):
            os.symlink(device, f'{folder}/block')
    words = ['--id', str(number), '--mkfs', '--osd-uuid', entry['uuid'], '--osd-objectstore', 'bluestore', *sizes]
    cloud.run('ceph-osd', *words, user='ceph', quiet=True)
    print(f'the store of disk {number} was made on {device or "a file"}')
    return number


def work():
    attribs = cloud.read_attribs()
    ceph.put_admin_keyring(attribs)
    devices = attribs['ceph-osd-devices']
    own_devices(devices)
    record = load_record()
    for place in devices or ['file']:
        if place not in record:
            record[place] = {'uuid': str(uuid.uuid4()), 'secret': ceph.key(os.urandom(16).hex())}
            cloud.put(RECORD, json.dumps(record, indent=1) + '\n', mode=0o600)
        number = make_osd(record[place], None if place == 'file' else place, attribs['ceph-osd-file-size'])
        record[place]['number'] = number
    cloud.put(RECORD, json.dumps(record, indent=1) + '\n', mode=0o600)
    for entry in record.values():
        cloud.serve(f'ceph-osd@{entry["number"]}', [f'/var/lib/ceph/osd/ceph-{entry["number"]}/keyring'])


cloud.main(work)
