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


# Uploads come in pieces, which the API reads itself.
UWSGI = {'http-raw-body': True, 'http-chunked-input': True, 'wsgi-manage-chunked-input': True, 'socket-timeout': 60}
THREADS = 4


def apache_conf(attribs, address):
    """The API as a site of Apache, where the distribution has it so."""
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        f'Listen {cloud.bracket(address)}:{PORT}',
        f'<VirtualHost *:{PORT}>',
        f'  WSGIDaemonProcess cinder-wsgi processes={attribs["cinder-api-workers"]} threads={THREADS} user=cinder display-name=%{{GROUP}}',
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
