"""The network to the outside, and the first network behind it: made where they are missing, changed where that is possible."""
import ipaddress
import urllib.parse

import anneal_cloud as cloud


def check(public):
    """Refuses ranges that neutron would take and nobody could use."""
    subnet = ipaddress.ip_network(public['cidr'])
    addresses = {key: ipaddress.ip_address(public[key]) for key in ('gateway', 'first', 'last')}
    for key, address in addresses.items():
        if address not in subnet:
            raise cloud.Trouble(f'neutron-public-network: {key} {address} is not in {subnet}')
    if addresses['first'] > addresses['last']:
        raise cloud.Trouble('neutron-public-network: first comes after last')
    if addresses['first'] <= addresses['gateway'] <= addresses['last']:
        raise cloud.Trouble('neutron-public-network: the gateway lies between first and last, so it would be given away')


def find(neutron, kind, **query):
    found = neutron.get('network', f'/v2.0/{kind}?{urllib.parse.urlencode(query)}')[kind]
    return found[0] if found else None


def public_network(neutron, public, shared):
    there = find(neutron, 'networks', name=public['name'], **{'router:external': 'true'})
    vlan = public.get('vlan')
    if there is None:
        body = {
            'name': public['name'],
            'router:external': True,
            'shared': shared,
            'provider:network_type': 'flat' if vlan is None else 'vlan',
            'provider:physical_network': public['physical_network'],
            'provider:segmentation_id': vlan,
        }
        body = {key: value for key, value in body.items() if value is not None}
        there = neutron.post('network', '/v2.0/networks', {'network': body})['network']
        print(f'network {public["name"]} was made')
    elif there['provider:physical_network'] != public['physical_network'] or there['provider:segmentation_id'] != vlan:
        raise cloud.Trouble(
            f'network {public["name"]} is on {there["provider:physical_network"]} already, and cannot be moved: '
            'delete it, or set neutron-public-network back'
        )
    elif there['shared'] != shared:
        neutron.call('PUT', 'network', f'/v2.0/networks/{there["id"]}', {'network': {'shared': shared}})
    subnet(neutron, there, public)
    return there


def subnet(neutron, network, public):
    pools = [{'start': public['first'], 'end': public['last']}]
    there = find(neutron, 'subnets', network_id=network['id'], cidr=str(ipaddress.ip_network(public['cidr'])))
    if there is None:
        body = {
            'network_id': network['id'],
            'name': f'{public["name"]}-v{ipaddress.ip_network(public["cidr"]).version}',
            'cidr': public['cidr'],
            'ip_version': ipaddress.ip_network(public['cidr']).version,
            'gateway_ip': public['gateway'],
            'allocation_pools': pools,
            'enable_dhcp': False,
        }
        neutron.post('network', '/v2.0/subnets', {'subnet': body})
        print(f'subnet {public["cidr"]} was made')
    elif there['allocation_pools'] != pools or there['gateway_ip'] != public['gateway']:
        body = {'allocation_pools': pools, 'gateway_ip': public['gateway']}
        neutron.call('PUT', 'network', f'/v2.0/subnets/{there["id"]}', {'subnet': body})
        print(f'subnet {public["cidr"]} has new bounds')


def first_network(neutron, wanted, public):
    network = find(neutron, 'networks', name=wanted['name'])
    if network is None:
        network = neutron.post('network', '/v2.0/networks', {'network': {'name': wanted['name'], 'shared': True}})['network']
        print(f'network {wanted["name"]} was made')
    version = ipaddress.ip_network(wanted['cidr']).version
    inner = find(neutron, 'subnets', network_id=network['id'], ip_version=version)
    if inner is None:
        body = {'network_id': network['id'], 'name': f'{wanted["name"]}-v{version}', 'cidr': wanted['cidr'], 'ip_version': version}
        inner = neutron.post('network', '/v2.0/subnets', {'subnet': body})['subnet']
    router = find(neutron, 'routers', name=wanted['name'])
    gateway = {'external_gateway_info': {'network_id': public['id']}}
    if router is None:
        router = neutron.post('network', '/v2.0/routers', {'router': {'name': wanted['name'], **gateway}})['router']
        print(f'router {wanted["name"]} was made')
    elif (router['external_gateway_info'] or {}).get('network_id') != public['id']:
        neutron.call('PUT', 'network', f'/v2.0/routers/{router["id"]}', {'router': gateway})
    ports = neutron.get('network', f'/v2.0/ports?device_id={router["id"]}')['ports']
    if not any(address['subnet_id'] == inner['id'] for port in ports for address in port['fixed_ips']):
        neutron.call('PUT', 'network', f'/v2.0/routers/{router["id"]}/add_router_interface', {'subnet_id': inner['id']})
