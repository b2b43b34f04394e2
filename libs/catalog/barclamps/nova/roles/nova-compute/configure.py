"""Writes how this node runs guests, and starts libvirt and the hypervisor's daemon."""
import os
import platform

import anneal_cloud as cloud
import settings


def in_container():
    return cloud.run('systemd-detect-virt', '--quiet', '--container', check=False).returncode == 0


def open_way(attribs, names):
    """Lets hypervisors copy disks and guests to each other: one key, one account, and a shell for it."""
    private, public = settings.key_pair(attribs['nova-migration-seed'])
    folder = '/var/lib/nova/.ssh'
    cloud.make_folder(folder, owner='nova', group='nova', mode=0o700)
    for name, text in (('id_ed25519', private), ('authorized_keys', public), ('config', settings.ssh_config())):
        cloud.put(f'{folder}/{name}', text, owner='nova', group='nova', mode=0o600)
    cloud.run('usermod', '--shell', names['shell'], '--append', '--groups', ','.join(names['groups']), 'nova')


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    kind = settings.virt_type(attribs['nova-virt-type'], os.access('/dev/kvm', os.R_OK | os.W_OK))
    print(f'guests run by {kind}')
    conf = settings.compute_conf(attribs, kind, platform.machine(), address)
    cloud.put(names['conf'], cloud.ini(conf), group='nova')
    cloud.make_folder('/var/lib/nova/instances', owner='nova', group='nova', mode=0o755)
    cloud.put(settings.QEMU_CONF, settings.qemu_conf(in_container()), mode=0o600)
    open_way(attribs, names)
    for unit in names['libvirt']:
        cloud.serve(unit, [settings.QEMU_CONF])
    cloud.until(120, lambda: cloud.run('virsh', '--connect', 'qemu:///system', 'version', check=False, seconds=20).returncode == 0,
                lambda: 'libvirt does not answer:\n' + cloud.last_words(names['libvirt'][-1]))
    cloud.serve(names['service'], ['/etc/nova/nova.conf', names['conf'], settings.QEMU_CONF])


cloud.main(work)
