"""Makes a folder for objects on each disk that is given, mounted after a reboot as well. A disk that holds something is refused."""
import os
import stat

import anneal_cloud as cloud

DISKS = '/srv/node'
GIB = 1024**3


def label_of(number):
    return f'swift-{number}'


def mount_unit(device, folder):
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        '[Unit]',
        f'Description=Objects on {device}',
        '',
        '[Mount]',
        f'What={device}',
        f'Where={folder}',
        'Type=xfs',
        'Options=noatime,nodiratime,nofail',
        '',
        '[Install]',
        'WantedBy=multi-user.target',
        '',
    ])


def ready_disk(device, number):
    if not os.path.exists(device) or not stat.S_ISBLK(os.stat(device).st_mode):
        raise cloud.Trouble(f'{device} is not a disk of this node: correct swift-devices')
    folder = f'{DISKS}/d{number}'
    label = cloud.run('blkid', '--match-tag', 'LABEL', '--output', 'value', device, check=False).stdout.strip()
    if label != label_of(number):
        if cloud.run('blkid', '--probe', '--output', 'export', os.path.realpath(device), check=False).stdout.strip():
            raise cloud.Trouble(f'{device} is not empty: erase it with hardware-disk-erase, or take it out of swift-devices')
        cloud.run('mkfs.xfs', '-L', label_of(number), device, quiet=True)
        print(f'{device} has a file system for objects')
    os.makedirs(folder, exist_ok=True)
    unit = cloud.run('systemd-escape', '--path', '--suffix=mount', folder).strip()
    if cloud.put(f'/etc/systemd/system/{unit}', mount_unit(device, folder), mode=0o644):
        cloud.run('systemctl', 'daemon-reload')
    cloud.serve(unit, [f'/etc/systemd/system/{unit}'])
    if not os.path.ismount(folder):
        raise cloud.Trouble(f'{device} is not mounted at {folder}:\n{cloud.last_words(unit)}')
    return folder


def gib_of(folder):
    state = os.statvfs(folder)
    return max(1, state.f_blocks * state.f_frsize // GIB)


def work():
    attribs = cloud.read_attribs()
    os.makedirs(DISKS, exist_ok=True)
    devices = attribs['swift-devices']
    disks = {}
    if devices:
        for number, device in enumerate(devices, 1):
            disks[f'd{number}'] = gib_of(ready_disk(device, number))
    else:
        os.makedirs(f'{DISKS}/d1', exist_ok=True)
        disks['d1'] = 100
    for name in disks:
        cloud.make_folder(f'{DISKS}/{name}', owner='swift', group='swift', mode=0o755)
    cloud.write_output('swift-disks', {'address': cloud.own_address(), 'zone': attribs['swift-zone'], 'disks': disks})


if __name__ == '__main__':
    cloud.main(work)
