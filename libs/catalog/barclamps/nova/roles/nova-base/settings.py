"""
What every daemon of nova on a node is told, whichever roles the node has: /etc/nova/nova.conf.

Only what is the same for controllers and hypervisors stands here. How to reach the databases stands in a file of nova-api,
because a hypervisor has no business with them.
"""
import os

import anneal_cloud as cloud


def node_name():
    """Under which nova and neutron know this node; both must say the same."""
    return os.environ['ANNEAL_NODE']


def nova_conf(attribs, node, address):
    """The sections of nova.conf. `address` is the node's own, which the others reach it under."""
    auth = cloud.auth_section(attribs, 'nova', attribs['nova-service-password'])
    return {
        'DEFAULT': {
            'transport_url': cloud.transport_url(attribs),
            'my_ip': address,
            'host': node,
            'log_dir': '/var/log/nova',
            'state_path': '/var/lib/nova',
            'rootwrap_config': '/etc/nova/rootwrap.conf',
            'allow_resize_to_same_host': attribs['nova-resize-to-same-host'],
            'vif_plugging_timeout': attribs['nova-vif-timeout'],
            # A daemon that has said nothing for so long is called down; a busy machine says something late.
            'service_down_time': 120,
            'block_device_allocate_retries': 120,
            'shutdown_timeout': attribs['nova-shutdown-timeout'],
            'force_config_drive': attribs['nova-config-drive'],
        },
        'oslo_concurrency': {'lock_path': '/var/lib/nova/tmp'},
        'oslo_messaging_rabbit': cloud.rabbit_section(attribs),
        'api': {'auth_strategy': 'keystone'},
        'keystone_authtoken': cloud.authtoken_section(attribs, 'nova', attribs['nova-service-password']),
        'service_user': {**auth, 'send_service_user_token': True},
        'glance': cloud.catalog_section(attribs),
        'placement': auth,
        'cinder': {
            **auth,
            'os_region_name': attribs['openstack-region'],
            'catalog_info': 'volumev3::internalURL',
        },
        'neutron': {
            **auth,
            'service_metadata_proxy': True,
            'metadata_proxy_shared_secret': attribs['neutron-metadata-secret'],
        },
        'vnc': {'enabled': False},
    }
