"""A port is made in the network to the outside and taken away again: addresses are left, and the database takes writes."""
import anneal_cloud as cloud
import networks


def work():
    attribs = cloud.read_attribs()
    public = attribs['neutron-public-network']
    neutron = cloud.Cloud(attribs)
    there = networks.find(neutron, 'networks', name=public['name'], **{'router:external': 'true'})
    if there is None:
        raise cloud.Trouble(f'network {public["name"]} is gone: retry')
    port = neutron.post('network', '/v2.0/ports', {'port': {'network_id': there['id'], 'name': 'anneal-look'}})['port']
    neutron.call('DELETE', 'network', f'/v2.0/ports/{port["id"]}')
    print(f'{port["fixed_ips"][0]["ip_address"]} could be given in {public["name"]}')
    cloud.write_output('neutron-public', {'id': there['id'], 'name': there['name'], 'cidr': public['cidr']})


cloud.main(work)
