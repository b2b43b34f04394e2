"""This monitor is in the quorum, not merely some."""
import os

import anneal_ceph as ceph
import anneal_cloud as cloud


def work():
    name = os.environ['ANNEAL_NODE'].split('.')[0]
    cloud.until(
        120,
        lambda: name in ceph.ceph('quorum_status')['quorum_names'],
        lambda: f'monitor {name} is not in the quorum:\n' + cloud.last_words(f'ceph-mon@{name}'),
    )
    print('in the quorum: ' + ', '.join(ceph.ceph('quorum_status')['quorum_names']))


cloud.main(work)
