"""Makes the databases and the cell, registers the API, and starts what controls servers."""
import contextlib

import anneal_cloud as cloud
import settings


def manage(*words):
    return cloud.run('nova-manage', *words, user='nova', seconds=900, quiet=True)


def make_cell(attribs):
    """One cell for all servers. How it is reached stands in a database, and is written again when that has changed."""
    urls = settings.connections(attribs)
    manage('api_db', 'sync')
    manage('cell_v2', 'map_cell0', '--database_connection', urls['nova_cell0'])
    cells = manage('cell_v2', 'list_cells')
    here = [line.split('|')[2].strip() for line in cells.splitlines() if line.startswith('| ') and line.split('|')[1].strip() == 'cell1']
    reached = ['--database_connection', urls['nova'], '--transport-url', cloud.transport_url(attribs)]
    if here:
        manage('cell_v2', 'update_cell', '--cell_uuid', here[0], *reached)
    else:
        manage('cell_v2', 'create_cell', '--name', 'cell1', *reached)
    manage('db', 'sync')


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    control = cloud.ini(settings.control_conf(attribs, address))
    cloud.put(settings.CONTROL_CONF, control, group='nova')

    url = cloud.url_of(cloud.control_host(attribs), settings.API_PORT, '/v2.1')
    cloud.register(attribs, 'nova', attribs['nova-service-password'], 'compute', 'nova', url, 'Servers')

    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'nova'):
        cloud.make_databases(connection, ['nova_api', 'nova', 'nova_cell0'], 'nova', attribs['nova-database-password'])
        key = [settings.connections(attribs), cloud.transport_url(attribs), cloud.version_of(names['packages'][0])]
        cloud.once('nova-databases', key, lambda: make_cell(attribs))

    reads = ['/etc/nova/nova.conf', settings.CONTROL_CONF]
    for unit in (names['conductor'], names['scheduler']):
        cloud.serve(unit, reads)
    for part, port, workers in (
        ('api', settings.API_PORT, attribs['nova-api-workers']),
        ('metadata', settings.METADATA_PORT, attribs['nova-metadata-workers']),
    ):
        here = names[part]
        if here['server'] == 'uwsgi':
            cloud.serve_wsgi(here['unit'], 'nova', here['program'], address, port, workers, reads)
        else:
            cloud.serve(here['unit'], reads)


cloud.main(work)
