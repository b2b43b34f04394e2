"""
MariaDB on the node's own address, with a user that may make the databases of services, and a look whether it works. With
several controllers theirs are one cluster.
"""
import os

import anneal_cloud as cloud
import members

ADMIN = 'anneal'


def sections(attribs, address):
    return {
        'mysqld': {
            'bind-address': address,
            'port': attribs['database-port'],
            'max_connections': attribs['database-connections'],
            'innodb_buffer_pool_size': f'{attribs["database-memory"]}M',
            'innodb_file_per_table': 'on',
            'default-storage-engine': 'innodb',
            # Row by row is what a cluster can repeat; it does no harm without one.
            'binlog_format': 'ROW',
            'character-set-server': 'utf8',
            'collation-server': 'utf8_general_ci',
            'skip-name-resolve': 'on',
        }
    }


def make_admin(attribs):
    """Over the socket, on which root needs no password. The statements come on stdin, so no list of processes shows them."""
    password = attribs['database-admin-password']
    statements = [
        f"CREATE USER IF NOT EXISTS '{ADMIN}'@'%' IDENTIFIED BY '{password}';",
        f"ALTER USER '{ADMIN}'@'%' IDENTIFIED BY '{password}';",
        f"GRANT ALL ON *.* TO '{ADMIN}'@'%' WITH GRANT OPTION;",
        "DELETE FROM mysql.global_priv WHERE User = '';",
        'DROP DATABASE IF EXISTS test;',
        'FLUSH PRIVILEGES;',
    ]
    cloud.run('mariadb', '--batch', text='\n'.join(statements))


def signs_on(attribs, endpoint):
    import pymysql

    try:
        connection = pymysql.connect(
            host=endpoint['address'],
            port=endpoint['port'],
            user=ADMIN,
            password=attribs['database-admin-password'],
            connect_timeout=5,
        )
    except pymysql.MySQLError as trouble:
        print(trouble)
        return None
    with connection, connection.cursor() as cursor:
        cursor.execute('SELECT VERSION()')
        return cursor.fetchone()[0]


def work():
    attribs = cloud.read_attribs()
    names = cloud.names()
    endpoint = {'address': cloud.own_address(), 'port': attribs['database-port']}
    cloud.put(names['file'], cloud.ini(sections(attribs, endpoint['address'])), mode=0o644)
    together = cloud.controllers(attribs)
    if len(together) > 1:
        cloud.put(names['cluster_file'], cloud.ini(members.sections(together, endpoint['address'], names)), mode=0o644)
        members.serve(together, endpoint['address'], names)
        members.serve_state(endpoint['address'])
    elif os.path.exists(names['cluster_file']):
        raise cloud.Trouble(
            'this database is of a cluster, and now there is one controller: bind openstack-controller to the others again, '
            f'or, to leave it with what it has, stop {names["service"]} and delete {names["cluster_file"]}'
        )
    else:
        cloud.serve(names['service'], [names['file']])
    make_admin(attribs)
    version = cloud.until(
        60,
        lambda: signs_on(attribs, endpoint),
        lambda: f'the database does not let {ADMIN} sign on:\n{cloud.last_words(names["service"])}',
    )
    print(f'MariaDB {version} answers at {endpoint["address"]} port {endpoint["port"]}')
    cloud.write_output('database-endpoint', endpoint)


cloud.main(work)
