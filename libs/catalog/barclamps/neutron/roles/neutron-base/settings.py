"""What every daemon of neutron on a node is told: neutron.conf, and which kinds of networks there are."""
import os

import anneal_cloud as cloud

ML2_CONF = '/etc/neutron/plugins/ml2/ml2_conf.ini'


def node_name():
    """Under which neutron and nova know this node; both must say the same."""
    return os.environ['ANNEAL_NODE']


def neutron_conf(attribs, node):
    auth = cloud.auth_section(attribs, 'neutron', attribs['neutron-service-password'])
    return {
        'DEFAULT': {
            'host': node,
            # Debian's start reads this line, and no other form of it.
            'core_plugin': 'ml2',
            'service_plugins': 'router',
            'auth_strategy': 'keystone',
            'transport_url': cloud.transport_url(attribs),
            'notify_nova_on_port_status_changes': True,
            'notify_nova_on_port_data_changes': True,
            'dhcp_agents_per_network': attribs['neutron-dhcp-agents'],
            # Routers of a node that is gone come up on another that has agents.
            'allow_automatic_l3agent_failover': True,
            'global_physnet_mtu': attribs['neutron-mtu'],
            'log_dir': '/var/log/neutron',
            'state_path': '/var/lib/neutron',
            # A machine that emulates guests answers late; an agent is not down for that.
            'agent_down_time': 150,
        },
        'oslo_concurrency': {'lock_path': '/var/lib/neutron/tmp'},
        'oslo_messaging_rabbit': cloud.rabbit_section(attribs),
        'agent': {'root_helper': 'sudo /usr/bin/neutron-rootwrap /etc/neutron/rootwrap.conf', 'report_interval': 30},
        # Linux bridges are refused without it since Zed.
        'experimental': {'linuxbridge': True},
        'keystone_authtoken': cloud.authtoken_section(attribs, 'neutron', attribs['neutron-service-password']),
        'nova': {**auth, 'endpoint_type': 'internal'},
        'placement': auth,
    }


def ml2_conf(attribs):
    physical = attribs['neutron-physical-networks']
    vlans = [f'{name}:{span}' for name, spans in sorted(physical.items()) for span in spans]
    return {
        'ml2': {
            'type_drivers': 'flat,vlan,vxlan',
            'tenant_network_types': 'vxlan',
            'mechanism_drivers': 'linuxbridge',
            'extension_drivers': 'port_security',
            'path_mtu': attribs['neutron-mtu'],
        },
        'ml2_type_flat': {'flat_networks': ','.join(sorted(physical))},
        'ml2_type_vlan': {'network_vlan_ranges': ','.join(vlans) or None},
        'ml2_type_vxlan': {'vni_ranges': attribs['neutron-vxlan-range']},
        'securitygroup': {'enable_ipset': True},
    }
