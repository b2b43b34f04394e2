"""Placement: settings, database, endpoint, the API, and a look whether it lists providers for its own user."""
import contextlib

import anneal_cloud as cloud

CONF = '/etc/placement/placement.conf'
PORT = 8778


def sections(attribs):
    return {
        'DEFAULT': {'log_dir': '/var/log/placement'},
        'placement_database': {
            'connection': cloud.database_url(attribs, 'placement', 'placement', attribs['placement-database-password']),
            'connection_recycle_time': 280,
        },
        'api': {'auth_strategy': 'keystone'},
        'keystone_authtoken': cloud.authtoken_section(attribs, 'placement', attribs['placement-service-password']),
        'oslo_middleware': {'enable_proxy_headers_parsing': True},
    }


def work():
    attribs = cloud.read_attribs()
    names = cloud.names()
    own, url = cloud.own_address(), cloud.url_of(cloud.control_host(attribs), PORT)
    cloud.put(CONF, cloud.ini(sections(attribs)), group='placement')
    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'placement'):
        cloud.make_databases(connection, ['placement'], 'placement', attribs['placement-database-password'])
        cloud.run('placement-manage', 'db', 'sync', user='placement')
    password = attribs['placement-service-password']
    placement = cloud.register(attribs, 'placement', password, 'placement', 'placement', url, 'Resources and claims')
    cloud.serve_wsgi(
        names['unit'], 'placement', names['program'], own, PORT, attribs['placement-workers'], [CONF], threads=4
    )
    cloud.until_answers(cloud.url_of(own, PORT), names['unit'])
    headers = {'X-Auth-Token': placement.token}
    listed = cloud.send('GET', cloud.url_of(own, PORT, '/resource_providers'), headers=headers)[1]
    print(f'placement lists providers at {url}: {len(listed["resource_providers"])}')
    cloud.write_output('placement-endpoint', {'url': url})


cloud.main(work)
