"""What the agents for routers, addresses and metadata are told."""
import anneal_cloud as cloud

METADATA_PORT = 8775


def files(attribs):
    """Path and sections, for each agent."""
    return {
        'l3': ('/etc/neutron/l3_agent.ini', {'DEFAULT': {'interface_driver': 'linuxbridge'}}),
        'dhcp': (
            '/etc/neutron/dhcp_agent.ini',
            {
                'DEFAULT': {
                    'interface_driver': 'linuxbridge',
                    'dhcp_driver': 'neutron.agent.linux.dhcp.Dnsmasq',
                    'enable_isolated_metadata': True,
                    'dnsmasq_dns_servers': ','.join(attribs['neutron-dns-servers']) or None,
                }
            },
        ),
        'metadata': (
            '/etc/neutron/metadata_agent.ini',
            {
                'DEFAULT': {
                    'nova_metadata_host': cloud.control_host(attribs),
                    'nova_metadata_port': METADATA_PORT,
                    'metadata_proxy_shared_secret': attribs['neutron-metadata-secret'],
                    'metadata_workers': 1,
                }
            },
        ),
    }
