"""The agents work when neutron has heard from them."""
import os

import anneal_cloud as cloud

AGENTS = {'neutron-dhcp-agent', 'neutron-l3-agent', 'neutron-metadata-agent'}


def work():
    attribs, node = cloud.read_attribs(), os.environ['ANNEAL_NODE']
    neutron = cloud.Cloud(attribs, 'neutron', attribs['neutron-service-password'], 'service')

    def missing():
        agents = neutron.get('network', f'/v2.0/agents?host={node}')['agents']
        return AGENTS - {each['binary'] for each in agents if each['alive']}

    cloud.until(
        150,
        lambda: not missing(),
        lambda: '\n'.join(f'neutron has not heard from {each} of {node}:\n{cloud.last_words(each)}' for each in sorted(missing())),
    )
    print(f'neutron has heard from {", ".join(sorted(AGENTS))} of {node}')


cloud.main(work)
