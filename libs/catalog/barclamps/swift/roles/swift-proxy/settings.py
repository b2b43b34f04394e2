"""What the object API is made of: a pipeline that each request goes through."""
import anneal_cloud as cloud

PORT = 8080
PROXY_CONF = '/etc/swift/proxy-server.conf'
PIPELINE = [
    'catch_errors', 'gatekeeper', 'healthcheck', 'proxy-logging', 'cache', 'listing_formats', 'container_sync', 'bulk', 'tempurl',
    'ratelimit', 'authtoken', 'keystoneauth', 'staticweb', 'copy', 'container-quotas', 'account-quotas', 'slo', 'dlo',
    'versioned_writes', 'symlink', 'proxy-logging', 'proxy-server',
]
#: What a filter is told beside its name; and the programs whose names differ from those in the pipeline.
OPTIONS = {
    'tempurl': {'methods': 'GET HEAD PUT POST DELETE'},
    # Tests of segments use small ones.
    'slo': {'min_segment_size': 1},
    'versioned_writes': {'allow_versioned_writes': True, 'allow_object_versioning': True},
}
PROGRAMS = {'cache': 'memcache'}


def proxy_conf(attribs, address):
    sections = {
        'DEFAULT': {
            'bind_ip': address,
            'bind_port': PORT,
            'workers': attribs['swift-proxy-workers'],
            'user': 'swift',
            'log_name': 'swift-proxy',
            'log_level': 'INFO',
        },
        'pipeline:main': {'pipeline': ' '.join(PIPELINE)},
        'app:proxy-server': {'use': 'egg:swift#proxy', 'account_autocreate': True, 'allow_account_management': True},
    }
    for name in dict.fromkeys(PIPELINE[:-1]):
        program = PROGRAMS.get(name, name.replace('-', '_'))
        sections[f'filter:{name}'] = {'use': f'egg:swift#{program}', **OPTIONS.get(name, {})}
    sections['filter:cache']['memcache_servers'] = cloud.memcached_servers(attribs)
    sections['filter:keystoneauth'] |= {
        'operator_roles': ', '.join(attribs['swift-operator-roles']),
        'reseller_admin_role': attribs['swift-reseller-role'],
    }
    sections['filter:authtoken'] = {
        'paste.filter_factory': 'keystonemiddleware.auth_token:filter_factory',
        **cloud.authtoken_section(attribs, 'swift', attribs['swift-service-password']),
        # Public containers and signed addresses need no token.
        'delay_auth_decision': True,
    }
    return sections
