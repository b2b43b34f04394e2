"""Makes the database, registers the API, and starts it."""
import contextlib
import os

import anneal_cloud as cloud
import settings


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    cloud.make_folder(os.path.dirname(names['conf']), group='neutron')
    cloud.put(names['conf'], cloud.ini(settings.server_conf(attribs, address)), group='neutron')
    files = settings.wsgi_files(attribs, names, address)
    for path, text in files.items():
        cloud.put(path, text, group='neutron')

    url = cloud.url_of(cloud.control_host(attribs), settings.PORT)
    cloud.register(attribs, 'neutron', attribs['neutron-service-password'], 'network', 'neutron', url, 'Networks')

    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'neutron'):
        cloud.make_databases(connection, ['neutron'], 'neutron', attribs['neutron-database-password'])
        key = [settings.server_conf(attribs, address)['database'], cloud.version_of(names['packages'][0])]
        cloud.once('neutron-database', key, lambda: upgrade(names))

    paths = ['/etc/neutron/neutron.conf', settings.ML2_CONF, names['conf'], *files]
    for unit in dict.fromkeys([names['api'], names['rpc']]):
        cloud.serve(unit, paths)


def upgrade(names):
    files = [f'--config-file={path}' for path in ('/etc/neutron/neutron.conf', settings.ML2_CONF, names['conf'])]
    cloud.run('neutron-db-manage', *files, 'upgrade', 'head', user='neutron', seconds=900, quiet=True)


cloud.main(work)
