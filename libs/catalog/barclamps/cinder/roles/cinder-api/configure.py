"""Makes the database, registers the API, and starts it."""
import contextlib

import anneal_cloud as cloud
import settings


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    cloud.put(settings.API_CONF, cloud.ini(settings.api_conf(attribs, address)), group='cinder')

    url = cloud.url_of(cloud.control_host(attribs), settings.PORT, '/v3/%(project_id)s')
    cloud.register(attribs, 'cinder', attribs['cinder-service-password'], 'volumev3', 'cinderv3', url, 'Volumes')

    password = attribs['cinder-database-password']
    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'cinder'):
        cloud.make_databases(connection, ['cinder'], 'cinder', password)
        key = [cloud.database_url(attribs, 'cinder', 'cinder', password), cloud.version_of(names['packages'][0])]
        sync = ['cinder-manage', 'db', 'sync']
        cloud.once('cinder-database', key, lambda: cloud.run(*sync, user='cinder', seconds=900, quiet=True))

    reads = ['/etc/cinder/cinder.conf', settings.API_CONF]
    cloud.serve(names['scheduler'], reads)
    if names['server'] == 'uwsgi':
        workers = attribs['cinder-api-workers']
        cloud.serve_wsgi(names['api'], 'cinder', names['program'], address, settings.PORT, workers, reads, settings.THREADS, settings.UWSGI)
        return
    if names['server'] == 'apache':
        cloud.put(names['site'], settings.apache_conf(attribs, address), mode=0o644)
        reads.append(names['site'])
    cloud.serve(names['api'], reads)


cloud.main(work)
