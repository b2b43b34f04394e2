"""Makes the database, registers the API, and starts it."""
import contextlib
import os

import anneal_cloud as cloud
import settings


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    cloud.make_folder(os.path.dirname(names['conf']), group='neutron')
    cloud.put(names['conf'], cloud.ini(settings.server_conf(attribs, address)), group='neutron')

    url = cloud.url_of(cloud.control_host(attribs), settings.PORT)
    cloud.register(attribs, 'neutron', attribs['neutron-service-password'], 'network', 'neutron', url, 'Networks')

    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'neutron'):
        cloud.make_databases(connection, ['neutron'], 'neutron', attribs['neutron-database-password'])
        key = [settings.server_conf(attribs, address)['database'], cloud.version_of(names['packages'][0])]
        cloud.once('neutron-database', key, lambda: upgrade(names))

    reads = ['/etc/neutron/neutron.conf', settings.ML2_CONF, names['conf']]
    if names['server'] == 'uwsgi':
        workers = attribs['neutron-api-workers']
        extra = settings.uwsgi(names['conf'])
        cloud.serve_wsgi(names['api'], 'neutron', names['program'], address, settings.PORT, workers, reads, settings.THREADS, extra)
    else:
        cloud.serve(names['api'], reads)
    if names['rpc'] != names['api']:
        cloud.serve(names['rpc'], reads)


def upgrade(names):
    files = [f'--config-file={path}' for path in ('/etc/neutron/neutron.conf', settings.ML2_CONF, names['conf'])]
    cloud.run('neutron-db-manage', *files, 'upgrade', 'head', user='neutron', seconds=900, quiet=True)


cloud.main(work)
