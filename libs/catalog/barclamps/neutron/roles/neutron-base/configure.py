"""Writes neutron.conf. What runs on this node already is restarted here; what does not is started by the role that brings it."""
import os

import anneal_cloud as cloud
import settings


def work():
    attribs = cloud.read_attribs()
    changed = cloud.put('/etc/neutron/neutron.conf', cloud.ini(settings.neutron_conf(attribs, settings.node_name())), group='neutron')
    cloud.make_folder('/etc/neutron/plugins/ml2', group='neutron')
    changed |= cloud.put(settings.ML2_CONF, cloud.ini(settings.ml2_conf(attribs)), group='neutron')
    cloud.make_folder('/var/lib/neutron/tmp', owner='neutron', group='neutron')
    link = '/etc/neutron/plugin.ini'
    if not os.path.islink(link) or os.readlink(link) != settings.ML2_CONF:
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(settings.ML2_CONF, link)
    if changed:
        for unit in cloud.names()['services']:
            cloud.run('systemctl', 'try-restart', unit, check=False, seconds=300)


cloud.main(work)
