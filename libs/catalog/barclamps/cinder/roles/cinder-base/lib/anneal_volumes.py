"""What the roles that bring storage for volumes share: the type, and a look whether a volume of it can be made."""
import time

import anneal_cloud as cloud

LOOK_SECONDS = 240


def sign_on(attribs):
    return cloud.Cloud(attribs, 'cinder', attribs['cinder-service-password'], 'service')


def give_out(backend, output, protocol):
    """Gives a type of volumes out when its storage is up and a volume was made there; `output` tells of it."""
    attribs, unit = cloud.read_attribs(), cloud.names()['service']
    cinder = sign_on(attribs)
    until_up(cinder, backend, unit)
    make_type(cinder, backend)
    try_volume(cinder, backend, unit)
    cloud.write_output(output, {'type': backend, 'protocol': protocol})


def until_up(cinder, backend, unit):
    def up():
        found = cinder.get('volumev3', '/os-services?binary=cinder-volume')['services']
        return any(each['host'].endswith(f'@{backend}') and each['state'] == 'up' for each in found)

    cloud.until(180, up, lambda: f'cinder does not see the storage {backend} up:\n' + cloud.last_words(unit))


def make_type(cinder, backend):
    """A type of volumes that leads to one storage."""
    there = {each['name']: each for each in cinder.get('volumev3', '/types?is_public=None')['volume_types']}
    if backend in there:
        return
    body = {'volume_type': {'name': backend, 'extra_specs': {'volume_backend_name': backend}}}
    try:
        cinder.post('volumev3', '/types', body)
        print(f'type {backend} was made')
    except cloud.Answer as answer:
        # Another node was quicker.
        if answer.status != 409:
            raise


def try_volume(cinder, backend, unit):
    """Makes the smallest volume there is and takes it away again."""
    begun = time.monotonic()
    body = {'volume': {'name': 'anneal-look', 'size': 1, 'volume_type': backend}}
    volume = cinder.post('volumev3', '/volumes', body)['volume']['id']

    def state():
        return cinder.get('volumev3', f'/volumes/{volume}')['volume']['status']

    try:
        found = cloud.until(LOOK_SECONDS, lambda: (now := state()) in ('available', 'error') and now, f'volume {volume} is not made')
        if found != 'available':
            raise cloud.Trouble(f'a volume of type {backend} cannot be made; the last words of {unit}:\n{cloud.last_words(unit)}')
    finally:
        cinder.call('DELETE', 'volumev3', f'/volumes/{volume}?force=true')
    cloud.until(LOOK_SECONDS, lambda: gone(cinder, volume), f'volume {volume} is not deleted')
    print(f'a volume of type {backend} was made and deleted in {time.monotonic() - begun:.0f} s')


def gone(cinder, volume):
    try:
        cinder.get('volumev3', f'/volumes/{volume}')
        return False
    except cloud.Answer as answer:
        if answer.status == 404:
            return True
        raise
