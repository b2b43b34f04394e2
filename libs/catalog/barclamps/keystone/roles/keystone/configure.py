"""Keystone: settings, keys, database, the administrator, the API, and a look whether the administrator can sign on."""
import contextlib
import os

import anneal_cloud as cloud

CONF = '/etc/keystone/keystone.conf'
PORT = 5000
REPOSITORIES = {
    'keystone-fernet-key': '/etc/keystone/fernet-keys',
    'keystone-credential-key': '/etc/keystone/credential-keys',
}


def sections(attribs):
    return {
        'DEFAULT': {'log_dir': '/var/log/keystone'},
        'database': {
            'connection': cloud.database_url(attribs, 'keystone', 'keystone', attribs['keystone-database-password']),
            # Less than what a database or a balancer before it takes for idle.
            'connection_recycle_time': 280,
        },
        'token': {'provider': 'fernet', 'expiration': attribs['keystone-token-seconds']},
        'fernet_tokens': {'key_repository': REPOSITORIES['keystone-fernet-key']},
        'credential': {'key_repository': REPOSITORIES['keystone-credential-key']},
        'cache': {
            'enabled': True,
            'backend': 'dogpile.cache.memcached',
            'memcache_servers': cloud.memcached_servers(attribs),
        },
        'oslo_middleware': {'enable_proxy_headers_parsing': True},
    }


def put_keys(attribs):
    """
    The key under 1, which makes and opens; the one before it under 0, which opens only. Both are read for every token, so
    nothing is restarted.
    """
    for attribute, folder in REPOSITORIES.items():
        # Keystone wants the alphabet of RFC 4648, section 5.
        key = attribs[attribute].replace('+', '-').replace('/', '_')
        cloud.make_folder(folder, group='keystone', owner='keystone', mode=0o700)
        try:
            with open(f'{folder}/1', encoding='utf-8') as file:
                before = file.read()
        except FileNotFoundError:
            before = None
        if before not in (None, key):
            cloud.put(f'{folder}/0', before, group='keystone', owner='keystone', mode=0o600)
        cloud.put(f'{folder}/1', key, group='keystone', owner='keystone', mode=0o600)


def manage_database(attribs, url):
    """Each of these commands does only what is left to do."""
    # On a command line or in a log the password would be seen; the environment of a process is its user's alone.
    os.environ['OS_BOOTSTRAP_PASSWORD'] = attribs['keystone-admin-password']
    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'keystone'):
        cloud.make_databases(connection, ['keystone'], 'keystone', attribs['keystone-database-password'])
        cloud.run('keystone-manage', 'db_sync', user='keystone', quiet=True)
        words = ['--bootstrap-region-id', attribs['openstack-region']]
        for interface in ('admin', 'internal', 'public'):
            words += [f'--bootstrap-{interface}-url', url]
        cloud.run('keystone-manage', 'bootstrap', *words, user='keystone', quiet=True)


def put_openrc(attribs, url):
    """What a person who is root on the controller needs to use the cloud by its command line clients."""
    values = {
        'OS_AUTH_URL': url,
        'OS_IDENTITY_API_VERSION': '3',
        'OS_USERNAME': 'admin',
        'OS_PASSWORD': attribs['keystone-admin-password'],
        'OS_PROJECT_NAME': 'admin',
        'OS_USER_DOMAIN_NAME': cloud.DOMAIN,
        'OS_PROJECT_DOMAIN_NAME': cloud.DOMAIN,
        'OS_REGION_NAME': attribs['openstack-region'],
    }
    lines = [f'export {name}={value}' for name, value in values.items()]
    cloud.put('/root/openrc', '# Written by Anneal; changes by hand do not last.\n' + '\n'.join(lines) + '\n', mode=0o600)


def work():
    attribs = cloud.read_attribs()
    names = cloud.names()
    own, url = cloud.own_address(), cloud.url_of(cloud.control_host(attribs), PORT, '/v3')
    cloud.put(CONF, cloud.ini(sections(attribs)), group='keystone')
    put_keys(attribs)
    manage_database(attribs, url)
    cloud.serve_wsgi(names['unit'], 'keystone', names['program'], own, PORT, attribs['keystone-workers'], [CONF], threads=4)
    mine = cloud.url_of(own, PORT, '/v3')
    cloud.until_answers(mine, names['unit'])

    # Through this node's own instance, whoever answers at the address of the cloud.
    attribs['keystone-endpoint'] = {'url': mine, 'public_url': url}
    signed_on = cloud.until(60, lambda: cloud.signed_on(attribs), 'the administrator cannot sign on')
    for role in ('service', 'ResellerAdmin'):
        cloud.ensure_role(signed_on, role)
    cloud.ensure_project(signed_on, 'service')
    put_openrc(attribs, url)
    print(f'the administrator signs on at {mine}; the cloud knows it as {url}')
    cloud.write_output('keystone-endpoint', {'url': url, 'public_url': url})


cloud.main(work)
