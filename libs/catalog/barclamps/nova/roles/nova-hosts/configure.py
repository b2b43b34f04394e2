"""Puts hypervisors that have reported into the cell. The scheduler does it too, once a minute; this need not wait for it."""
import os

import anneal_cloud as cloud

CONTROL_CONF = '/etc/nova/nova.conf.d/50-control.conf'


def work():
    if not os.path.exists(CONTROL_CONF):
        raise cloud.Trouble(f'{CONTROL_CONF} is not on this node: bind nova-hosts to a node that has nova-api')
    print(cloud.run('nova-manage', 'cell_v2', 'discover_hosts', '--verbose', user='nova', quiet=True).strip())


cloud.main(work)
