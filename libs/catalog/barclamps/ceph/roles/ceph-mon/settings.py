"""What the monitors keep for the whole cluster."""


def settings(attribs):
    """Who, which option, and its value."""
    replicas = attribs['ceph-replicas']
    found = [
        ('global', 'osd_pool_default_size', replicas),
        ('global', 'osd_pool_default_min_size', max(1, replicas - 1)),
        ('osd', 'osd_memory_target', attribs['ceph-osd-memory'] * 1024 * 1024),
        ('mon', 'auth_allow_insecure_global_id_reclaim', 'false'),
        # Layering and striping: what qemu's librbd does without a lock that a killed guest would leave.
        ('client', 'rbd_default_features', 3),
    ]
    if replicas == 1:
        found += [('mon', 'mon_warn_on_pool_no_redundancy', 'false'), ('mon', 'mon_allow_pool_size_one', 'true')]
    return [(who, option, str(value)) for who, option, value in found]
