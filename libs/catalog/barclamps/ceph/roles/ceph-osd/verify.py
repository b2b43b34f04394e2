"""The disks of this node are up and in, says the cluster."""
import json

import anneal_ceph as ceph
import anneal_cloud as cloud

RECORD = '/var/lib/ceph/anneal-osds.json'


def work():
    with open(RECORD, encoding='utf-8') as file:
        numbers = sorted(entry['number'] for entry in json.load(file).values())

    def missing():
        there = {each['osd']: each for each in ceph.ceph('osd', 'dump')['osds']}
        return [number for number in numbers if not (number in there and there[number]['up'] and there[number]['in'])]

    cloud.until(
        180,
        lambda: not missing(),
        lambda: '\n'.join(f'disk {each} is not up and in:\n' + cloud.last_words(f'ceph-osd@{each}') for each in missing()),
    )
    print(f'up and in: {numbers}')
    cloud.write_output('ceph-osds', numbers)


cloud.main(work)
