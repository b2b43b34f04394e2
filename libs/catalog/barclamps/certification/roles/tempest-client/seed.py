"""
Two guest images, two flavors, and what else there is that tests want to know: the network on which guests get public
addresses. What the cloud has no service for is left out; tests that need it are then not for this cloud.
"""
import os

import anneal_cloud as cloud

GUEST = '/var/lib/anneal/guests/guest.qcow2'
IMAGES = ('anneal-guest', 'anneal-guest-alt')
FLAVORS = (('anneal.small', '42', 3), ('anneal.large', '84', 4))
# A guest made here is logged in to as this; the name is what suites expect of a small test image.
USER = 'cirros'
# One megabyte and more at once: the image is some fifteen.
UPLOAD_SECONDS = 600


def has(api, kind):
    return any(entry['type'] == kind for entry in api.catalog)


def image(api, name, digest):
    """An image of that name made from this very file; one that was made from another is replaced."""
    for found in api.get('image', f'/v2/images?name={name}')['images']:
        if found.get('anneal_sha256') == digest and found['status'] == 'active':
            print(f'image {name} is there already')
            return found['id']
        api.call('DELETE', 'image', f'/v2/images/{found["id"]}')
    body = {
        'name': name,
        'disk_format': 'qcow2',
        'container_format': 'bare',
        'visibility': 'public',
        'anneal_sha256': digest,
    }
    made = api.post('image', '/v2/images', body)
    with open(GUEST, 'rb') as file:
        data = file.read()
    headers = {'Content-Type': 'application/octet-stream'}
    api.call('PUT', 'image', f'/v2/images/{made["id"]}/file', data, headers, UPLOAD_SECONDS)
    status = api.get('image', f'/v2/images/{made["id"]}')['status']
    if status != 'active':
        raise cloud.Trouble(f'the image {name} is {status} after its upload: see the log of glance')
    print(f'image {name} was uploaded: {len(data)} bytes')
    return made['id']


def flavor(api, name, identity, memory):
    found = [each for each in api.get('compute', '/flavors/detail?is_public=None')['flavors'] if each['id'] == identity]
    wanted = {'name': name, 'ram': memory, 'vcpus': 1, 'disk': 1}
    if found and all(found[0][key] == value for key, value in wanted.items()):
        return identity
    if found:
        api.call('DELETE', 'compute', f'/flavors/{identity}')
    api.post('compute', '/flavors', {'flavor': {**wanted, 'id': identity}})
    print(f'flavor {name} has {memory} MiB')
    return identity


def public_network(api):
    """The network on which guests get addresses that lead to them from outside; the first by name."""
    found = api.get('network', '/v2.0/networks?router%3Aexternal=true')['networks']
    return min(found, key=lambda each: each['name']) if found else None


def work():
    attribs = cloud.read_attribs()
    api = cloud.until(60, lambda: cloud.signed_on(attribs), 'keystone does not let the administrator sign on')
    given = attribs.get('tempest-guest-image')
    settings = {'services': sorted({entry['type'] for entry in api.catalog})}
    if has(api, 'image'):
        digest = os.path.basename(os.path.realpath(GUEST)).split('.')[0]
        image_id, other_id = (image(api, name, digest) for name in IMAGES)
        settings['compute'] = {'image_ref': image_id, 'image_ref_alt': other_id}
        settings['image-feature-enabled'] = {'import_image': True}
        settings['scenario'] = {'img_file': os.path.realpath(GUEST)}
    if has(api, 'compute'):
        memory = attribs['tempest-guest-memory']
        small, large = (flavor(api, name, key, memory * part // 3) for name, key, part in FLAVORS)
        settings['compute'] = {**settings.get('compute', {}), 'flavor_ref': small, 'flavor_ref_alt': large}
        # A cloud of one hypervisor is told to resize there (nova-resize-to-same-host); no guest of ours reads a drive.
        settings['compute-feature-enabled'] = {
            'resize': True,
            'console_output': True,
            'config_drive': False,
            'scheduler_enabled_filters': ','.join(cloud.SCHEDULER_FILTERS),
        }
        settings['validation'] = {'image_ssh_user': given['user'] if given else USER}
    if has(api, 'network'):
        network = public_network(api)
        settings['public_network'] = network['name'] if network else None
    print(f'the cloud has {", ".join(settings["services"])}')
    cloud.write_output('tempest-cloud', settings)


cloud.main(work)
