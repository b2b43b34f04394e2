"""
guest.py up KEY | down: has the cloud start a guest with a floating address, as any user of it would, and takes all of it away
again. Runs on a controller, on whose openrc and programs it stands. Prints the address.
"""
import sys

import anneal_cloud as cloud

NAME = 'anneal-lab'
SUBNET = '10.99.0.0/24'
# An emulated guest on a busy machine.
ACTIVE_SECONDS = 600


def administrator():
    with open('/root/openrc', encoding='utf-8') as file:
        pairs = dict(line.split()[1].split('=', 1) for line in file if line.startswith('export '))
    attribs = {
        'openstack-region': pairs['OS_REGION_NAME'],
        'keystone-endpoint': {'url': pairs['OS_AUTH_URL']},
        'keystone-admin-password': pairs['OS_PASSWORD'],
    }
    return cloud.Cloud(attribs, interface='public')


def ours(api, service, path, kind):
    return [each for each in api.get(service, path)[kind] if each['name'] == NAME]


def make(api, kind, body):
    return api.post('network', f'/v2.0/{kind}s', {kind: body})[kind]


def up(api, key):
    public = api.get('network', '/v2.0/networks?router%3Aexternal=true')['networks'][0]['id']
    image = api.get('image', '/v2/images?name=anneal-guest')['images'][0]['id']
    network = make(api, 'network', {'name': NAME})['id']
    subnet = make(api, 'subnet', {'name': NAME, 'network_id': network, 'cidr': SUBNET, 'ip_version': 4})['id']
    router = make(api, 'router', {'name': NAME, 'external_gateway_info': {'network_id': public}})['id']
    api.call('PUT', 'network', f'/v2.0/routers/{router}/add_router_interface', {'subnet_id': subnet})
    group = api.post('network', '/v2.0/security-groups', {'security_group': {'name': NAME}})['security_group']['id']
    rule = {'security_group_id': group, 'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 22, 'port_range_max': 22}
    api.post('network', '/v2.0/security-group-rules', {'security_group_rule': rule})
    api.post('compute', '/os-keypairs', {'keypair': {'name': NAME, 'public_key': key}})
    port = make(api, 'port', {'name': NAME, 'network_id': network, 'security_groups': [group]})['id']
    wanted = {'name': NAME, 'imageRef': image, 'flavorRef': '42', 'key_name': NAME, 'networks': [{'port': port}]}
    server = api.post('compute', '/servers', {'server': wanted})['server']['id']

    def started():
        shown = api.get('compute', f'/servers/{server}')['server']
        if shown['status'] == 'ERROR':
            raise cloud.Trouble(f'the guest does not start: {shown.get("fault")}')
        return shown['status'] == 'ACTIVE'

    cloud.until(ACTIVE_SECONDS, started, 'the guest does not become active')
    floating = {'floating_network_id': public, 'port_id': port, 'description': NAME}
    made = api.post('network', '/v2.0/floatingips', {'floatingip': floating})['floatingip']
    print(made['floating_ip_address'])


def down(api):
    for server in ours(api, 'compute', f'/servers?name={NAME}', 'servers'):
        api.call('DELETE', 'compute', f'/servers/{server["id"]}')
    cloud.until(120, lambda: not ours(api, 'compute', f'/servers?name={NAME}', 'servers'), 'the guest does not go')
    for each in api.get('network', f'/v2.0/floatingips?description={NAME}')['floatingips']:
        api.call('DELETE', 'network', f'/v2.0/floatingips/{each["id"]}')
    for port in ours(api, 'network', f'/v2.0/ports?name={NAME}', 'ports'):
        api.call('DELETE', 'network', f'/v2.0/ports/{port["id"]}')
    subnets = ours(api, 'network', f'/v2.0/subnets?name={NAME}', 'subnets')
    for router in ours(api, 'network', f'/v2.0/routers?name={NAME}', 'routers'):
        for subnet in subnets:
            body = {'subnet_id': subnet['id']}
            api.call('PUT', 'network', f'/v2.0/routers/{router["id"]}/remove_router_interface', body)
        api.call('DELETE', 'network', f'/v2.0/routers/{router["id"]}')
    for network in ours(api, 'network', f'/v2.0/networks?name={NAME}', 'networks'):
        api.call('DELETE', 'network', f'/v2.0/networks/{network["id"]}')
    for group in ours(api, 'network', f'/v2.0/security-groups?name={NAME}', 'security_groups'):
        api.call('DELETE', 'network', f'/v2.0/security-groups/{group["id"]}')
    if any(each['keypair']['name'] == NAME for each in api.get('compute', '/os-keypairs')['keypairs']):
        api.call('DELETE', 'compute', f'/os-keypairs/{NAME}')


def work():
    api = administrator()
    down(api)
    if sys.argv[1] == 'up':
        up(api, ' '.join(sys.argv[2:]))


cloud.main(work)
