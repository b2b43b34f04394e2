"""What only a controller of nova is told: /etc/nova/nova.conf.d/50-control.conf, and its API under uwsgi."""
import anneal_cloud as cloud

API_PORT = 8774
METADATA_PORT = 8775
CONTROL_CONF = '/etc/nova/nova.conf.d/50-control.conf'


def connections(attribs):
    """How the three databases are reached: of the API, of the cell with the servers, and of the cell for those without one."""
    password = attribs['nova-database-password']
    return {name: cloud.database_url(attribs, name, 'nova', password) for name in ('nova_api', 'nova', 'nova_cell0')}


def control_conf(attribs, address):
    urls = connections(attribs)
    pool = {'max_pool_size': 10, 'max_overflow': 20, 'connection_recycle_time': 280}
    return {
        'DEFAULT': {
            'osapi_compute_listen': address,
            'osapi_compute_workers': attribs['nova-api-workers'],
            'metadata_listen': address,
            'metadata_workers': attribs['nova-metadata-workers'],
        },
        'database': {'connection': urls['nova'], **pool},
        'api_database': {'connection': urls['nova_api'], **pool},
        'conductor': {'workers': attribs['nova-conductor-workers']},
        'scheduler': {'workers': attribs['nova-scheduler-workers'], 'discover_hosts_in_cells_interval': 60},
        'filter_scheduler': {'enabled_filters': ','.join(cloud.SCHEDULER_FILTERS)},
    }
