"""The hypervisor is there when nova says so, not when its process runs."""
import os

import anneal_cloud as cloud
import settings


def work():
    attribs, names, node = cloud.read_attribs(), cloud.names(), os.environ['ANNEAL_NODE']
    nova = cloud.Cloud(attribs, 'nova', attribs['nova-service-password'], 'service')

    def up():
        found = nova.get('compute', f'/os-services?binary=nova-compute&host={node}')['services']
        return any(each['state'] == 'up' for each in found)

    cloud.until(180, up, lambda: f'nova does not see the hypervisor of {node} up:\n' + cloud.last_words(names['service']))
    kind = settings.virt_type(attribs['nova-virt-type'], os.access('/dev/kvm', os.R_OK | os.W_OK))
    print(f'nova sees {node} up; guests run by {kind}')
    cloud.write_output('nova-compute-host', {'host': node, 'address': cloud.own_address(), 'virt_type': kind})


cloud.main(work)
