"""Writes nova.conf. What runs on this node already is restarted here; what does not is started by the role that brings it."""
import anneal_cloud as cloud
import settings


def work():
    attribs = cloud.read_attribs()
    text = cloud.ini(settings.nova_conf(attribs, settings.node_name(), cloud.own_address()))
    cloud.make_folder('/etc/nova/nova.conf.d', group='nova')
    cloud.make_folder('/var/lib/nova/tmp', group='nova', owner='nova')
    if cloud.put('/etc/nova/nova.conf', text, group='nova'):
        for unit in cloud.names()['services']:
            cloud.run('systemctl', 'try-restart', unit, check=False, seconds=300)


cloud.main(work)
