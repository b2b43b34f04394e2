"""What only a controller of neutron is told: how to reach the database, and where to listen."""
import anneal_cloud as cloud

PORT = 9696
ML2_CONF = '/etc/neutron/plugins/ml2/ml2_conf.ini'


def server_conf(attribs, address):
    return {
        'DEFAULT': {
            'bind_host': address,
            'bind_port': PORT,
            'api_workers': attribs['neutron-api-workers'],
            'rpc_workers': attribs['neutron-rpc-workers'],
            'rpc_state_report_workers': 1,
        },
        'database': {
            'connection': cloud.database_url(attribs, 'neutron', 'neutron', attribs['neutron-database-password']),
            'max_pool_size': 10,
            'max_overflow': 20,
            'connection_recycle_time': 280,
        },
    }


THREADS = 4


def uwsgi(conf):
    """What uwsgi is told beside the usual: neutron reads its files from arguments, and its pipelines from a file of the distribution."""
    arguments = ' '.join(f'--config-file={path}' for path in ('/etc/neutron/neutron.conf', ML2_CONF, conf))
    return {'paste': 'config:/etc/neutron/api-paste.ini', 'pyargv': arguments}
