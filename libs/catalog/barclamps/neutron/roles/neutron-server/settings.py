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


def wsgi_files(attribs, names, address):
    """
    Neutron under uwsgi, where the distribution has it so. It is started with the names of its files as arguments, and the
    program reads pipelines from a file of the distribution.
    """
    if names['server'] != 'uwsgi':
        return {}
    ini = '/etc/neutron/neutron-api-anneal.ini'
    arguments = ' '.join(f'--config-file={path}' for path in ('/etc/neutron/neutron.conf', ML2_CONF))
    text = cloud.uwsgi_ini(
        names['api'], 'neutron', '/usr/bin/neutron-api', address, PORT, attribs['neutron-api-workers'], 4, {'paste': 'config:/etc/neutron/api-paste.ini'}
    )
    start = f'# Written by Anneal; changes by hand do not last.\nDAEMON_ARGS="--ini {ini}"\nPYARGV="{arguments}"\n'
    return {ini: text, f'/etc/default/{names["defaults"]}': start}
