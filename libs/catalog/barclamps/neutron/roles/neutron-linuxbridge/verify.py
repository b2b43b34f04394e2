"""The agent works when neutron has heard from it."""
import os

import anneal_cloud as cloud


def work():
    attribs, names, node = cloud.read_attribs(), cloud.names(), os.environ['ANNEAL_NODE']
    neutron = cloud.Cloud(attribs, 'neutron', attribs['neutron-service-password'], 'service')

    def agent():
        found = neutron.get('network', f'/v2.0/agents?host={node}&binary=neutron-linuxbridge-agent')['agents']
        return next((each for each in found if each['alive']), None)

    alive = cloud.until(120, agent, lambda: f'neutron has not heard from the agent of {node}:\n' + cloud.last_words(names['service']))
    vxlan = 'vxlan' in alive['configurations'].get('tunnel_types', [])
    if not vxlan:
        raise cloud.Trouble('the kernel of this node carries no VXLAN: load the module vxlan, or update the kernel')
    print(f'neutron has heard from the agent of {node}')
    cloud.write_output('neutron-node', {'address': cloud.own_address(), 'vxlan': vxlan})


cloud.main(work)
