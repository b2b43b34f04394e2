"""
RabbitMQ on the node's own address. Users and rights are definitions that it reads when it starts: its own command line
client takes seconds for each of them, and shows passwords in the list of processes.
"""
import base64
import hashlib
import json
import os
import socket
import struct

import anneal_cloud as cloud

FOLDER = '/etc/rabbitmq'
COOKIE = '/var/lib/rabbitmq/.erlang.cookie'
USER = 'openstack'


def peers(attribs):
    """Short name and address of each controller that carries the queue, in the order of names. One: no cluster."""
    return [(each['node'].split('.')[0], each['value']) for each in attribs['openstack-controller-address'] if each['value']]


def cluster_lines(names):
    """A new node looks for these and joins them; of a network that broke, the smaller part stops until it is whole again."""
    if len(names) < 2:
        return []
    nodes = [f'cluster_formation.classic_config.nodes.{place} = rabbit@{name}' for place, name in enumerate(names, 1)]
    return ['cluster_formation.peer_discovery_backend = classic_config', *nodes, 'cluster_partition_handling = pause_minority']


def put_hosts(together, own):
    """Nodes of a cluster know each other by short names, which nobody else need resolve."""
    mark = '# message-queue'
    with open('/etc/hosts', encoding='utf-8') as file:
        lines = [line for line in file.read().splitlines() if not line.endswith(mark)]
    lines += [f'{address} {name} {mark}' for name, address in together if address != own and len(together) > 1]
    text = '\n'.join(lines) + '\n'
    # In place: in a container /etc/hosts may be a mount of its own.
    with open('/etc/hosts', 'r+', encoding='utf-8') as file:
        if file.read() != text:
            file.seek(0)
            file.write(text)
            file.truncate()


def await_first(together, own, port):
    """An empty node begins a cluster of its own when it finds nobody: all but the first wait until somebody is there."""
    name = next(each for each, address in together if address == own)
    if own == together[0][1] or os.path.isdir(f'/var/lib/rabbitmq/mnesia/rabbit@{name}'):
        return
    others = [address for _, address in together if address != own]
    cloud.until(
        420,
        lambda: any(cloud.takes_connections(address, port) for address in others),
        f'no other message queue answers, of {", ".join(others)}: see the run of message-queue there',
    )


def rabbitmq_conf(attribs, address):
    lines = [
        '# Written by Anneal; changes by hand do not last.',
        f'listeners.tcp.own = {cloud.bracket(address)}:{attribs["message-queue-port"]}',
        f'load_definitions = {FOLDER}/definitions.json',
        f'vm_memory_high_watermark.relative = {attribs["message-queue-memory"]}',
        'log.file.level = info',
        *cluster_lines([name for name, _ in peers(attribs)]),
    ]
    return '\n'.join(lines) + '\n'


def hashed(password):
    """As RabbitMQ keeps passwords: salt and SHA-256. The salt follows from the password, so that the file stays the same."""
    salt = hashlib.sha256(b'salt of ' + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def definitions(attribs):
    user = {
        'name': USER,
        'password_hash': hashed(attribs['message-queue-password']),
        'hashing_algorithm': 'rabbit_password_hashing_sha256',
        'tags': [],
    }
    permission = {'user': USER, 'vhost': '/', 'configure': '.*', 'write': '.*', 'read': '.*'}
    policies = []
    if len(peers(attribs)) > 1:
        # Every queue has a copy on each node: what was sent is not lost with the one that had it.
        body = {'ha-mode': 'all', 'ha-sync-mode': 'automatic'}
        policies = [{'vhost': '/', 'name': 'copies', 'pattern': '^(?!amq\\.).*', 'apply-to': 'queues', 'priority': 0, 'definition': body}]
    return {'vhosts': [{'name': '/'}], 'users': [user], 'permissions': [permission], 'policies': policies}


def put_cookie(attribs):
    """Before the first start: the package would make one of its own. A changed one needs the service stopped first."""
    try:
        with open(COOKIE, encoding='utf-8') as file:
            same = file.read() == attribs['message-queue-cookie']
    except FileNotFoundError:
        same = False
    if not same:
        cloud.run('systemctl', 'stop', cloud.names()['service'], check=False, seconds=120)
        cloud.put(COOKIE, attribs['message-queue-cookie'], group='rabbitmq', owner='rabbitmq', mode=0o400)


def signs_on(address, port, password):
    """The first words of AMQP 0-9-1, section 2.2.4: after a good password comes Tune, after a bad one the end."""
    try:
        with socket.create_connection((address, port), timeout=5) as wire:
            wire.sendall(b'AMQP\x00\x00\x09\x01')
            if method_of(wire) != (10, 10):
                return False
            answer = b'\x00' + USER.encode() + b'\x00' + password.encode()
            body = struct.pack('>HHL', 10, 11, 0) + b'\x05PLAIN' + struct.pack('>L', len(answer)) + answer + b'\x05en_US'
            wire.sendall(struct.pack('>BHL', 1, 0, len(body)) + body + b'\xce')
            return method_of(wire) == (10, 30)
    except OSError:
        return False


def method_of(wire):
    kind, _channel, size = struct.unpack('>BHL', exactly(wire, 7))
    payload = exactly(wire, size + 1)
    return struct.unpack('>HH', payload[:4]) if kind == 1 else None


def exactly(wire, size):
    got = b''
    while len(got) < size:
        more = wire.recv(size - len(got))
        if not more:
            raise OSError('it hung up')
        got += more
    return got


def work():
    attribs = cloud.read_attribs()
    service = cloud.names()['service']
    address, port = cloud.own_address(), attribs['message-queue-port']
    put_cookie(attribs)
    files = [f'{FOLDER}/rabbitmq.conf', f'{FOLDER}/definitions.json']
    cloud.put(files[0], rabbitmq_conf(attribs, address), group='rabbitmq', mode=0o644)
    cloud.put(files[1], json.dumps(definitions(attribs), indent=2) + '\n', group='rabbitmq')
    together = peers(attribs)
    put_hosts(together, address)
    if len(together) > 1:
        await_first(together, address, port)
    cloud.serve(service, [*files, COOKIE])
    cloud.until(
        90,
        lambda: signs_on(address, port, attribs['message-queue-password']),
        lambda: f'the message queue does not let {USER} sign on:\n{cloud.last_words(service)}',
    )
    print(f'RabbitMQ lets {USER} sign on at {address} port {port}')
    cloud.write_output('message-queue-endpoint', {'address': address, 'port': port})


cloud.main(work)
