"""Writes who balances over whom, and starts it."""
import json

import anneal_cloud as cloud
import settings


def controllers_of(attribs):
    """Name and address of each, in the order of the nodes' names: the same on every controller."""
    found = [(each['node'].split('.')[0], each['value']) for each in attribs['openstack-controller-address'] if each['value']]
    if not found:
        raise cloud.Trouble('there is no controller: bind openstack-controller to this node')
    return found


def interface_with(address):
    for link in json.loads(cloud.run('ip', '-json', 'address', quiet=True)):
        if any(each['local'] == address for each in link.get('addr_info', [])):
            return link['ifname']
    raise cloud.Trouble(f'no interface of this node has {address}: retry openstack-controller')


def work():
    attribs, names, own = cloud.read_attribs(), cloud.names(), cloud.own_address()
    virtual = attribs.get('openstack-virtual-address')
    if not virtual:
        raise cloud.Trouble('there is no address to stand together on: set openstack-virtual-address of openstack-base')
    controllers = controllers_of(attribs)
    if own not in [address for _, address in controllers]:
        raise cloud.Trouble('this node is none of the controllers: bind openstack-controller to it')
    # The balancer listens on the address wherever it is held just now.
    family = 'ipv6' if ':' in virtual else 'ipv4'
    sysctl = '/etc/sysctl.d/60-anneal-balancer.conf'
    if cloud.put(sysctl, f'net.{family}.ip_nonlocal_bind = 1\n', mode=0o644):
        cloud.run('sysctl', '--quiet', '--load', sysctl)
    conf = settings.haproxy_conf(controllers, virtual, attribs['openstack-balancer-connections'])
    cloud.put(settings.HAPROXY_CONF + '.check', conf, mode=0o644)
    cloud.run('haproxy', '-c', '-f', settings.HAPROXY_CONF + '.check', quiet=True)
    cloud.put(settings.HAPROXY_CONF, conf, mode=0o644)
    cloud.serve(names['balancer'], [settings.HAPROXY_CONF, sysctl])
    keeper = settings.keepalived_conf(controllers, own, interface_with(own), attribs, names)
    cloud.put(settings.KEEPALIVED_CONF, keeper, mode=0o600)
    cloud.serve(names['address'], [settings.KEEPALIVED_CONF])


cloud.main(work)
