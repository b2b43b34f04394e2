"""
The databases of several controllers as one cluster (Galera): each has everything, and a write is told to all before it is
done. The first controller by name begins it, once; the others join, and so does the first when it comes back.
"""
import re
import time

import anneal_cloud as cloud

GROUP_PORT = 4567
STATE_PORT = 9200
JOIN_SECONDS = 420
#: How long one after the other waits with a restart, so that two are never away at once.
TURN_SECONDS = 40


def sections(together, own, names):
    return {
        'galera': {
            'wsrep_on': 'ON',
            'wsrep_provider': names['provider'],
            'wsrep_cluster_name': 'anneal',
            'wsrep_cluster_address': 'gcomm://' + ','.join(cloud.bracket(each) for each in together),
            'wsrep_node_address': own,
            'wsrep_node_name': own,
            'wsrep_sst_method': 'rsync',
            'wsrep_slave_threads': 4,
            'wsrep_provider_options': f'"gmcast.listen_addr=tcp://{cloud.bracket(own)}:{GROUP_PORT};ist.recv_addr={own}"',
            'binlog_format': 'ROW',
            'innodb_autoinc_lock_mode': 2,
        }
    }


def status(name):
    """A number or word that the database says of its cluster; None while it does not answer."""
    done = cloud.run('mariadb', '--batch', '--skip-column-names', check=False, seconds=30, text=f"SHOW STATUS LIKE '{name}'")
    words = done.stdout.split()
    return words[1] if done.returncode == 0 and len(words) > 1 else None


def is_ready():
    return status('wsrep_ready') == 'ON'


def last_state(names):
    """What the database wrote of its place in the cluster when it last stopped; nothing when it never was in one."""
    try:
        with open(f'{names["data"]}/grastate.dat', encoding='utf-8') as file:
            return dict(re.findall(r'^(\w+):\s+(\S+)$', file.read(), re.MULTILINE))
    except FileNotFoundError:
        return {}


def way_in(own, together, state, is_there):
    """
    How a stopped database comes into the cluster: `join` those that are there, `begin` it, or `wait` for the first one.
    Beginning a second time would make two clusters of one, so it is done by the one that knows that nobody has more.
    """
    others = [each for each in together if each != own]
    if any(is_there(each) for each in others):
        return 'join'
    if not state:
        return 'begin' if own == together[0] else 'wait'
    if state.get('safe_to_bootstrap') == '1':
        return 'begin'
    return 'wait'


def start(own, together, names):
    is_there = lambda address: cloud.takes_connections(address, GROUP_PORT)
    way = way_in(own, together, last_state(names), is_there)
    if way == 'wait':
        others = [each for each in together if each != own]
        print(f'waiting for another database of {", ".join(others)}')
        cloud.until(
            JOIN_SECONDS,
            lambda: any(is_there(each) for each in others),
            'no other database of the cluster answers. If all were stopped, start the one that had the last write first: '
            f'galera_recovery on each says which, and there galera_new_cluster, after safe_to_bootstrap: 1 in {names["data"]}/grastate.dat',
        )
        way = 'join'
    cloud.run('systemctl', 'reset-failed', names['service'], check=False)
    command = ['galera_new_cluster'] if way == 'begin' else ['systemctl', 'start', names['service']]
    done = cloud.run(*command, check=False, seconds=JOIN_SECONDS)
    if done.returncode != 0:
        raise cloud.Trouble(f'{names["service"]} does not start:\n{cloud.last_words(names["service"])}')
    print('the cluster of databases begins here' if way == 'begin' else 'this database joined the cluster')


def serve(together, own, names):
    """
    As `serve` of the cloud, but never two at once: a change waits for its turn, and for a cluster that is whole. Who is in
    the cluster is read at a start alone, and is no reason for one.
    """
    service, reads = names['service'], [names['file']]
    cloud.run('systemctl', '--quiet', 'enable', service, quiet=True)
    if not cloud.is_active(service):
        start(own, together, names)
    elif status('wsrep_cluster_size') in (None, '0'):
        # It ran alone until now: what it has is what the cluster begins with, or what the cluster has replaces it.
        cloud.run('systemctl', 'stop', service, seconds=300)
        start(own, together, names)
    elif not cloud.started_with(service, reads):
        begun = time.monotonic()
        wait = together.index(own) * TURN_SECONDS
        whole = lambda: time.monotonic() - begun >= wait and status('wsrep_cluster_size') == str(len(together))
        cloud.until(JOIN_SECONDS, whole, 'the cluster of databases is not whole, so this one is not restarted: see the others')
        cloud.run('systemctl', 'restart', service, seconds=JOIN_SECONDS)
        print(f'{service} was restarted')
    cloud.until(JOIN_SECONDS, is_ready, lambda: f'the database is not in step with its cluster:\n{cloud.last_words(service)}')
    cloud.remember_start(service, reads)
    print(f'{status("wsrep_cluster_size")} databases are in the cluster')


def serve_state(own):
    """For balancers: an answer over HTTP that says whether this database takes writes."""
    program = '/usr/lib/anneal/openstack/database-state'
    cloud.put(program, STATE_PROGRAM, mode=0o755)
    socket, service = 'anneal-database-state.socket', 'anneal-database-state@.service'
    cloud.put(f'/etc/systemd/system/{service}', state_service(program), mode=0o644)
    cloud.put(f'/etc/systemd/system/{socket}', state_socket(own), mode=0o644)
    cloud.run('systemctl', 'daemon-reload')
    cloud.serve(socket, [f'/etc/systemd/system/{socket}'])


STATE_PROGRAM = """#!/bin/sh
# Written by Anneal; changes by hand do not last.
# Answers a request for /: 200 while this database takes writes, 503 otherwise.
while IFS= read -r line && [ "${#line}" -gt 1 ]; do :; done
ready=$(timeout 4 mariadb --batch --skip-column-names --execute "SHOW STATUS LIKE 'wsrep_ready'" 2>/dev/null)
case $ready in
  *ON) answer='200 OK' body='takes writes' ;;
  *) answer='503 Service Unavailable' body='takes no writes' ;;
esac
printf 'HTTP/1.1 %s\\r\\nContent-Type: text/plain\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s' "$answer" "${#body}" "$body"
"""


def state_socket(own):
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        '[Unit]',
        'Description=Whether the database takes writes',
        '',
        '[Socket]',
        f'ListenStream={cloud.bracket(own)}:{STATE_PORT}',
        'Accept=yes',
        'MaxConnections=64',
        '',
        '[Install]',
        'WantedBy=sockets.target',
        '',
    ])


def state_service(program):
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        '[Unit]',
        'Description=Whether the database takes writes',
        '',
        '[Service]',
        f'ExecStart=-{program}',
        'StandardInput=socket',
        'StandardError=journal',
        'RuntimeMaxSec=10',
        '',
    ])
