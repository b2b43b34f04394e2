"""Writes where volumes come from and the key for it, and starts the daemon that makes them."""
import anneal_ceph as ceph
import anneal_cloud as cloud
import settings


def work():
    attribs, names = cloud.read_attribs(), cloud.names()
    block = cloud.one(attribs['ceph-block'], 'which pool volumes are in')
    keyring = f'/etc/ceph/ceph.client.{block["user"]}.keyring'
    text = ceph.keyring((f'client.{block["user"]}', ceph.key(attribs['ceph-block-secret']), {}))
    cloud.put(keyring, text, group='cinder', mode=0o640)
    cloud.put(settings.CONF, cloud.ini(settings.volume_conf(attribs, block)), group='cinder')
    cloud.serve(names['service'], ['/etc/cinder/cinder.conf', settings.CONF, ceph.CONF, keyring])


cloud.main(work)
