"""A volume was made; only then the type is given out."""
import anneal_cloud as cloud
import anneal_volumes as volumes
import settings


def work():
    attribs, unit = cloud.read_attribs(), cloud.names()['service']
    cinder = volumes.sign_on(attribs)
    volumes.until_up(cinder, settings.BACKEND, unit)
    volumes.make_type(cinder, settings.BACKEND)
    volumes.try_volume(cinder, settings.BACKEND, unit)
    cloud.write_output('cinder-lvm', {'type': settings.BACKEND, 'protocol': 'iSCSI'})


cloud.main(work)
