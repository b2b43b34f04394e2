"""The cluster knows the manager, as the active one or as one that would take over."""
import os

import anneal_ceph as ceph
import anneal_cloud as cloud


def work():
    name = os.environ['ANNEAL_NODE'].split('.')[0]

    def known():
        managers = ceph.ceph('mgr', 'dump')
        standing_by = [each['name'] for each in managers['standbys']]
        return (managers['available'] and managers['active_name'] == name and 'active') or (name in standing_by and 'standing by')

    print(cloud.until(180, known, lambda: f'the cluster does not know manager {name}:\n' + cloud.last_words(f'ceph-mgr@{name}')))


cloud.main(work)
