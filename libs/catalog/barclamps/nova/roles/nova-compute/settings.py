"""How a hypervisor is told to run guests: nova's part and libvirt's."""
import base64
import struct

import anneal_cloud as cloud

QEMU_CONF = '/etc/libvirt/qemu.conf'


def virt_type(wanted, has_kvm):
    if wanted == 'kvm' and not has_kvm:
        raise cloud.Trouble(
            'nova-virt-type is kvm and this node has no /dev/kvm: switch virtualisation on in its firmware, or set qemu or auto'
        )
    return ('kvm' if has_kvm else 'qemu') if wanted == 'auto' else wanted


def compute_conf(attribs, kind, machine, address):
    """`kind` is kvm or qemu, `machine` what `uname -m` says."""
    libvirt = {
        'virt_type': kind,
        'wait_soft_reboot_seconds': 20,
        'live_migration_scheme': 'ssh',
        'live_migration_inbound_addr': address,
        'live_migration_permit_auto_converge': True,
    }
    if kind == 'qemu':
        # Emulation has no model of the host's processor to pass on, and hot-plugs into PCI slots rather than PCIe ports.
        libvirt |= {'cpu_mode': 'none', 'num_pcie_ports': 8}
        if machine == 'x86_64':
            libvirt['hw_machine_type'] = 'x86_64=pc'
    else:
        libvirt['cpu_mode'] = 'host-model'
    return {
        'DEFAULT': {
            'compute_driver': 'libvirt.LibvirtDriver',
            'cpu_allocation_ratio': float(attribs['nova-cpu-ratio']),
            'ram_allocation_ratio': float(attribs['nova-memory-ratio']),
            'reserved_host_memory_mb': attribs['nova-reserved-memory'],
            'instances_path': '/var/lib/nova/instances',
        },
        'libvirt': libvirt,
        'compute': {'max_concurrent_disk_ops': 2},
        'workarounds': {'skip_cpu_compare_on_dest': True},
    }


def qemu_conf(container):
    """
    In a container the control groups are somebody else's and cannot be written, and there is nothing to confine guests
    with. On a machine of its own libvirt keeps what it would do anyway.
    """
    lines = ['# Written by Anneal; changes by hand do not last.']
    if container:
        lines += ['cgroup_controllers = [ ]', 'security_driver = "none"', 'namespaces = [ ]', 'remember_owner = 0']
    return '\n'.join(lines) + '\n'


def ssh_config():
    """Hypervisors reach each other as nova. Their host keys are taken the first time they are seen, and held to."""
    return (
        '# Written by Anneal; changes by hand do not last.\n'
        'Host *\n'
        '  StrictHostKeyChecking accept-new\n'
        '  IdentityFile ~/.ssh/id_ed25519\n'
        '  BatchMode yes\n'
        '  ConnectTimeout 10\n'
    )


def key_pair(seed):
    """
    The key that all hypervisors of a deployment share, made from a seed that they share: an Ed25519 key (RFC 8032) as
    OpenSSH writes it. Gives the private file and the public line.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = bytes.fromhex(seed)
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    blob = field(b'ssh-ed25519') + field(public)
    # OpenSSH's PROTOCOL.key: the same number twice shows that it was decrypted, which it need not be here.
    check = struct.unpack('>I', public[:4])[0]
    inner = struct.pack('>II', check, check) + field(b'ssh-ed25519') + field(public) + field(private + public) + field(b'nova')
    inner += bytes(range(1, 1 + -len(inner) % 8))
    whole = b'openssh-key-v1\0' + field(b'none') + field(b'none') + field(b'') + struct.pack('>I', 1) + field(blob) + field(inner)
    text = base64.b64encode(whole).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    file = '\n'.join(['-----BEGIN OPENSSH PRIVATE KEY-----', *lines, '-----END OPENSSH PRIVATE KEY-----']) + '\n'
    return file, f'ssh-ed25519 {base64.b64encode(blob).decode()} nova\n'


def field(data):
    return struct.pack('>I', len(data)) + data
