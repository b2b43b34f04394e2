"""Builds the three rings and hands them out."""
import base64

import anneal_cloud as cloud
import anneal_objects as objects
import rings


def work():
    attribs = cloud.read_attribs()
    entries = sorted(cloud.values(attribs['swift-disks']), key=lambda each: each['address'])
    if not entries:
        raise cloud.Trouble('there are no disks for objects: bind swift-device to the nodes that shall keep them')
    files = {'replicas': attribs['swift-replicas']}
    for kind in sorted(objects.PORTS):
        with open(rings.build(kind, entries, attribs), 'rb') as file:
            files[kind] = base64.b64encode(file.read()).decode()
    cloud.write_output('swift-ring-files', files)
    print(f'{len(entries)} nodes keep objects, {attribs["swift-replicas"]} copies of each')


cloud.main(work)
