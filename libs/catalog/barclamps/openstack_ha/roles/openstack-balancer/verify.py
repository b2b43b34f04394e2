"""Somebody holds the virtual address, and a balancer answers there."""
import json

import anneal_cloud as cloud
import settings


def work():
    virtual = cloud.read_attribs()['openstack-virtual-address']
    names = cloud.names()
    cloud.until(
        60,
        lambda: cloud.answers(cloud.url_of(virtual, settings.STATE_PORT, '/')),
        lambda: f'nobody answers at {virtual}:\n{cloud.last_words(names["address"])}\n{cloud.last_words(names["balancer"])}',
    )
    links = json.loads(cloud.run('ip', '-json', 'address', quiet=True))
    holder = any(each['local'] == virtual for link in links for each in link.get('addr_info', []))
    print(f'{virtual} answers{", and this node holds it" if holder else ""}')
    cloud.write_output('openstack-balancer-state', {'address': virtual, 'holder': holder})


cloud.main(work)
