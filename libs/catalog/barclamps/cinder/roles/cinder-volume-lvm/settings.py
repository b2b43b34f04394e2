"""Volumes cut from disks of this node."""
BACKEND = 'lvm'
GROUP = 'anneal-volumes'
CONF = '/etc/cinder/cinder.conf.d/60-lvm.conf'


def volume_conf(attribs, address, helper):
    return {
        'DEFAULT': {'enabled_backends': BACKEND},
        BACKEND: {
            'volume_driver': 'cinder.volume.drivers.lvm.LVMVolumeDriver',
            'volume_backend_name': BACKEND,
            'volume_group': GROUP,
            'target_protocol': 'iscsi',
            'target_helper': helper,
            'target_ip_address': address,
            'lvm_type': 'thin' if attribs['cinder-lvm-thin'] else 'default',
        },
    }
