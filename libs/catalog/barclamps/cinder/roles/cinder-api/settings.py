"""What only a controller of cinder is told: where to listen, and with how many processes."""
import anneal_cloud as cloud

PORT = 8776
API_CONF = '/etc/cinder/cinder.conf.d/50-api.conf'


def api_conf(attribs, address):
    return {
        'DEFAULT': {
            'osapi_volume_listen': address,
            'osapi_volume_listen_port': PORT,
            'osapi_volume_workers': attribs['cinder-api-workers'],
        }
    }


def wsgi_files(attribs, names, address):
    """Path and text of what the web server of the distribution is told; nothing where cinder serves by itself."""
    workers = attribs['cinder-api-workers']
    if names['server'] == 'uwsgi':
        # Uploads come in pieces, which the API reads itself.
        chunks = {'http-raw-body': True, 'http-chunked-input': True, 'wsgi-manage-chunked-input': True, 'socket-timeout': 60}
        return cloud.uwsgi_files(names['api'], 'cinder', '/usr/bin/cinder-wsgi', address, PORT, workers, 4, chunks)
    if names['server'] == 'apache':
        return {
            '/etc/apache2/conf-available/cinder-wsgi.conf': '\n'.join([
                '# Written by Anneal; changes by hand do not last.',
                f'Listen {cloud.bracket(address)}:{PORT}',
                f'<VirtualHost *:{PORT}>',
                f'  WSGIDaemonProcess cinder-wsgi processes={workers} threads=4 user=cinder display-name=%{{GROUP}}',
                '  WSGIProcessGroup cinder-wsgi',
                '  WSGIScriptAlias / /usr/bin/cinder-wsgi',
                '  WSGIApplicationGroup %{GLOBAL}',
                '  WSGIPassAuthorization On',
                '  ErrorLog /var/log/apache2/cinder_error.log',
                '  <Directory /usr/bin>',
                '    Require all granted',
                '  </Directory>',
                '</VirtualHost>',
                '',
            ])
        }
    return {}
