"""What the web interface is told, as a piece of Python that it reads last, and the site that Apache serves it as."""
import anneal_cloud as cloud


def local_settings(attribs):
    caches = [f'{each["address"]}:{each["port"]}' for each in cloud.values(attribs['memcached-endpoint'])]
    keystone = cloud.one(attribs['keystone-endpoint'], 'where keystone answers')['url'].rstrip('/')
    assigned = {
        'DEBUG': False,
        'ALLOWED_HOSTS': ['*'],
        'SECRET_KEY': attribs['horizon-secret'],
        'OPENSTACK_HOST': cloud.control_host(attribs),
        'OPENSTACK_KEYSTONE_URL': keystone if keystone.endswith('/v3') else f'{keystone}/v3',
        'AVAILABLE_REGIONS': [],
        'OPENSTACK_KEYSTONE_DEFAULT_ROLE': 'member',
        'OPENSTACK_KEYSTONE_DEFAULT_DOMAIN': 'Default',
        'OPENSTACK_KEYSTONE_MULTIDOMAIN_SUPPORT': False,
        'OPENSTACK_API_VERSIONS': {'identity': 3, 'image': 2, 'volume': 3},
        'SESSION_ENGINE': 'django.contrib.sessions.backends.cache',
        'CACHES': {'default': {'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache', 'LOCATION': caches}},
        'TIME_ZONE': attribs['horizon-time-zone'],
        'WEBROOT': '/',
        'LOGIN_URL': '/auth/login/',
        'LOGOUT_URL': '/auth/logout/',
        'LOGIN_REDIRECT_URL': '/',
        'COMPRESS_OFFLINE': True,
    }
    lines = ['# Written by Anneal; changes by hand do not last.']
    lines += [f'{name} = {value!r}' for name, value in assigned.items()]
    return '\n'.join(lines) + '\n'


def site(names, address, port):
    host = cloud.bracket(address)
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        f'<VirtualHost {host}:{port}>',
        f'  WSGIScriptAlias / {names["program"]}',
        f'  WSGIDaemonProcess horizon user={names["user"]} group={names["user"]} processes=2 threads=8 display-name=%{{GROUP}}',
        '  WSGIProcessGroup horizon',
        '  WSGIApplicationGroup %{GLOBAL}',
        f'  Alias /static {names["static"]}',
        f'  <Directory {names["program"].rsplit("/", 1)[0]}>',
        '    Require all granted',
        '  </Directory>',
        f'  <Directory {names["static"]}>',
        '    Require all granted',
        '  </Directory>',
        f'  ErrorLog {names["log"]}/error.log',
        f'  CustomLog {names["log"]}/access.log combined',
        '</VirtualHost>',
        '',
    ])


def listening(text, address, port):
    """A file of Apache with every other `Listen` taken out and ours at the end: one address, not all of the node's."""
    kept = [line for line in text.splitlines() if not line.strip().startswith('Listen ')]
    return '\n'.join([*kept, f'Listen {cloud.bracket(address)}:{port}']) + '\n'
