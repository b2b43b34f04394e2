"""What the balancer and the keeper of the virtual address are told. Both follow from the controllers alone, in one order."""
import anneal_cloud as cloud

HAPROXY_CONF = '/etc/haproxy/haproxy.cfg'
KEEPALIVED_CONF = '/etc/keepalived/keepalived.conf'
STATE_PORT = 8404
#: Where a controller says whether its database takes writes.
DATABASE_STATE_PORT = 9200

#: Name, port, the path that a service that is well answers, and the answers that count.
APIS = [
    ('keystone', 5000, '/v3', '200'),
    ('glance', 9292, '/healthcheck', '200'),
    ('placement', 8778, '/', '200'),
    ('neutron', 9696, '/', '200'),
    ('nova', 8774, '/', '200'),
    ('nova-metadata', 8775, '/', '200'),
    ('cinder', 8776, '/', '200,300'),
    ('swift', 8080, '/healthcheck', '200'),
    ('horizon', 80, '/auth/login/', '200,302'),
]


def haproxy_conf(controllers, virtual, connections):
    """`controllers` are name and address, in the order of names."""
    host = cloud.bracket(virtual)
    lines = [
        '# Written by Anneal; changes by hand do not last.',
        'global',
        '  log /dev/log local0',
        '  user haproxy',
        '  group haproxy',
        f'  maxconn {connections}',
        '  stats socket /run/haproxy/admin.sock mode 600 level admin',
        '',
        'defaults',
        '  log global',
        '  mode http',
        '  option httplog',
        '  option redispatch',
        '  retries 3',
        '  timeout queue 30s',
        '  timeout connect 5s',
        '  timeout client 5m',
        '  timeout server 5m',
        '  timeout check 5s',
        '  default-server inter 2s fastinter 500ms fall 2 rise 2',
        '',
        'listen state',
        f'  bind {host}:{STATE_PORT}',
        '  http-request return status 200 content-type text/plain string well if { path / }',
    ]
    for name, port, path, answers in APIS:
        lines += [
            '',
            f'listen {name}',
            f'  bind {host}:{port}',
            '  balance roundrobin',
            '  option forwardfor',
            f'  option httpchk GET {path}',
            f'  http-check expect status {answers}',
            # A request that had no answer is asked of another controller; one that was begun is not repeated.
            '  retry-on conn-failure empty-response 503',
            '  default-server on-marked-down shutdown-sessions',
        ]
        lines += [f'  server {each} {cloud.bracket(address)}:{port} check' for each, address in controllers]
    lines += [
        '',
        'listen database',
        f'  bind {host}:3306',
        '  mode tcp',
        '  option tcplog',
        '  timeout client 1h',
        '  timeout server 1h',
        '  option httpchk GET /',
        f'  default-server port {DATABASE_STATE_PORT} on-marked-down shutdown-sessions',
    ]
    lines += [
        f'  server {each} {cloud.bracket(address)}:3306 check{" backup" if place else ""}'
        for place, (each, address) in enumerate(controllers)
    ]
    return '\n'.join(lines) + '\n'


def keepalived_conf(controllers, own, interface, attribs, names):
    """
    Who holds the address is settled among equals, and whoever has it keeps it while it is well: an address that comes back
    with a controller breaks connections for nothing.
    """
    addresses = [address for _, address in controllers]
    place = addresses.index(own)
    peers = [f'    {address}' for address in addresses if address != own]
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        'global_defs {',
        '  enable_script_security',
        '  script_user root',
        '}',
        'vrrp_script balancer {',
        f'  script "{names["systemctl"]} --quiet is-active {names["balancer"]}"',
        '  interval 2',
        '  fall 2',
        '  rise 2',
        '}',
        'vrrp_instance cloud {',
        '  state BACKUP',
        '  nopreempt',
        f'  interface {interface}',
        f'  virtual_router_id {attribs["openstack-virtual-router"]}',
        f'  priority {200 - place}',
        '  advert_int 1',
        f'  unicast_src_ip {own}',
        *(['  unicast_peer {', *peers, '  }'] if peers else []),
        '  authentication {',
        '    auth_type PASS',
        f'    auth_pass {attribs["openstack-balancer-secret"][:8]}',
        '  }',
        '  virtual_ipaddress {',
        f'    {attribs["openstack-virtual-address"]}/{attribs["openstack-virtual-prefix"]} dev {interface}',
        '  }',
        '  track_script {',
        '    balancer',
        '  }',
        '}',
        '',
    ])
