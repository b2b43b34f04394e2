"""Writes cinder.conf. What runs on this node already is restarted here; what does not is started by the role that brings it."""
import os

import anneal_cloud as cloud
import settings


def work():
    attribs = cloud.read_attribs()
    text = cloud.ini(settings.cinder_conf(attribs, os.environ['ANNEAL_NODE'], cloud.own_address()))
    cloud.make_folder('/etc/cinder/cinder.conf.d', group='cinder')
    for folder in ('/var/lib/cinder/tmp', '/var/lib/cinder/conversion'):
        cloud.make_folder(folder, owner='cinder', group='cinder')
    if cloud.put('/etc/cinder/cinder.conf', text, group='cinder'):
        for unit in cloud.names()['services']:
            cloud.run('systemctl', 'try-restart', unit, check=False, seconds=300)


cloud.main(work)
