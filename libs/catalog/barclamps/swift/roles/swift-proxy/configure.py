"""Writes the pipeline and the rings, registers the API, and starts it."""
import anneal_cloud as cloud
import anneal_objects as objects
import settings


def work():
    attribs, address = cloud.read_attribs(), cloud.own_address()
    rings = objects.put_rings(attribs)
    cloud.put(settings.PROXY_CONF, cloud.ini(settings.proxy_conf(attribs, address)), group='swift')
    cloud.make_folder('/var/cache/swift', owner='swift', group='swift', mode=0o755)
    url = cloud.url_of(cloud.control_host(attribs), settings.PORT, '/v1/AUTH_%(project_id)s')
    cloud.register(attribs, 'swift', attribs['swift-service-password'], 'object-store', 'swift', url, 'Objects')
    admin = cloud.Cloud(attribs)
    cloud.ensure_role(admin, attribs['swift-reseller-role'])
    cloud.serve(cloud.names()['service'], ['/etc/swift/swift.conf', settings.PROXY_CONF, *rings])


cloud.main(work)
