"""Every hypervisor that a nova-compute has told of is known, up and enabled."""
import anneal_cloud as cloud


def work():
    attribs = cloud.read_attribs()
    wanted = cloud.values(attribs['nova-compute-host'])
    nova = cloud.Cloud(attribs, 'nova', attribs['nova-service-password'], 'service')

    def missing():
        found = nova.get('compute', '/os-hypervisors/detail', headers={'X-OpenStack-Nova-API-Version': '2.53'})['hypervisors']
        up = {each['service']['host'] for each in found if each['state'] == 'up' and each['status'] == 'enabled'}
        return [each['host'] for each in wanted if each['host'] not in up]

    cloud.until(120, lambda: not missing(), lambda: 'nova does not list as up and enabled: ' + ', '.join(missing()))
    print(f'{len(wanted)} hypervisors may be given servers')
    cloud.write_output('nova-hypervisors', {'up': len(wanted), 'virt_types': sorted({each['virt_type'] for each in wanted})})


cloud.main(work)
