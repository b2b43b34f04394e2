"""Glance: settings, database, endpoint, the API, and a look whether it lists images for its own user."""
import contextlib

import anneal_cloud as cloud

CONF = '/etc/glance/glance-api.conf'
PORT = 9292
IMAGES = '/var/lib/glance/images'
# Uploads come in pieces of unknown length; a client that pauses for as long as this has gone.
UPLOADS = {
    'http-auto-chunked': True,
    'http-chunked-input': True,
    'http-raw-body': True,
    'wsgi-manage-chunked-input': True,
    'socket-timeout': 60,
    'chmod-socket': 660,
}


def sections(attribs, own):
    password = attribs['glance-service-password']
    return {
        'DEFAULT': {
            'log_dir': '/var/log/glance',
            'enabled_backends': 'files:file',
            'show_image_direct_url': False,
            'show_multiple_locations': False,
            'enabled_import_methods': '[glance-direct,web-download,copy-image]',
            'node_staging_uri': 'file:///var/lib/glance/staging',
            # Where the other controllers find what was uploaded here and waits to be imported.
            'worker_self_reference_url': cloud.url_of(own, PORT),
        },
        'database': {
            'connection': cloud.database_url(attribs, 'glance', 'glance', attribs['glance-database-password']),
            'connection_recycle_time': 280,
        },
        'keystone_authtoken': cloud.authtoken_section(attribs, 'glance', password),
        'service_user': {**cloud.auth_section(attribs, 'glance', password), 'send_service_user_token': True},
        'paste_deploy': {'flavor': 'keystone'},
        'glance_store': {'default_backend': 'files'},
        'files': {'filesystem_store_datadir': IMAGES, 'store_description': 'files of the controller'},
        'oslo_middleware': {'enable_proxy_headers_parsing': True},
    }


def work():
    attribs = cloud.read_attribs()
    names = cloud.names()
    own, url = cloud.own_address(), cloud.url_of(cloud.control_host(attribs), PORT)
    cloud.put(CONF, cloud.ini(sections(attribs, own)), group='glance')
    for folder in (IMAGES, '/var/lib/glance/staging'):
        cloud.make_folder(folder, group='glance', owner='glance')
    with contextlib.closing(cloud.database_admin(attribs)) as connection, cloud.database_lock(connection, 'glance'):
        cloud.make_databases(connection, ['glance'], 'glance', attribs['glance-database-password'])
        cloud.run('glance-manage', 'db_sync', user='glance')
    password = attribs['glance-service-password']
    glance = cloud.register(attribs, 'glance', password, 'image', 'glance', url, 'Images')
    cloud.serve_wsgi(
        names['unit'], 'glance', names['program'], own, PORT, attribs['glance-workers'], [CONF], threads=4, extra=UPLOADS
    )
    cloud.until_answers(cloud.url_of(own, PORT), names['unit'])
    listed = cloud.send('GET', cloud.url_of(own, PORT, '/v2/images?limit=1'), headers={'X-Auth-Token': glance.token})[1]
    print(f'glance lists images at {url}: {len(listed["images"])} on the first page')
    cloud.write_output('glance-endpoint', {'url': url})


cloud.main(work)
