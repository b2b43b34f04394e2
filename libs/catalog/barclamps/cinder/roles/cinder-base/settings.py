"""What every daemon of cinder on a node is told: cinder.conf. Where volumes come from stands in a file of its own."""
import anneal_cloud as cloud


def cinder_conf(attribs, node, address):
    auth = cloud.auth_section(attribs, 'cinder', attribs['cinder-service-password'])
    return {
        'DEFAULT': {
            'transport_url': cloud.transport_url(attribs),
            'auth_strategy': 'keystone',
            'host': node,
            'my_ip': address,
            'default_volume_type': attribs['cinder-default-type'],
            'log_dir': '/var/log/cinder',
            'state_path': '/var/lib/cinder',
            'rootwrap_config': '/etc/cinder/rootwrap.conf',
            'api_paste_config': '/etc/cinder/api-paste.ini',
            'image_conversion_dir': '/var/lib/cinder/conversion',
            'glance_catalog_info': 'image:glance:internalURL',
            'enable_force_upload': True,
            'service_down_time': 120,
            'volume_clear': 'none',
        },
        'database': {
            'connection': cloud.database_url(attribs, 'cinder', 'cinder', attribs['cinder-database-password']),
            'max_pool_size': 10,
            'max_overflow': 20,
            'connection_recycle_time': 280,
        },
        'oslo_concurrency': {'lock_path': '/var/lib/cinder/tmp'},
        'oslo_messaging_rabbit': cloud.rabbit_section(attribs),
        'keystone_authtoken': cloud.authtoken_section(attribs, 'cinder', attribs['cinder-service-password']),
        'service_user': {**auth, 'send_service_user_token': True},
        'nova': {**auth, 'interface': 'internal'},
    }
