"""A small image is kept in the store and taken away again."""
import os

import anneal_cloud as cloud
import settings

PORT = 9292


def work():
    attribs, unit = cloud.read_attribs(), cloud.names()['service']
    own = cloud.url_of(cloud.own_address(), PORT)
    cloud.until_answers(own, unit)
    token = {'X-Auth-Token': cloud.Cloud(attribs, 'glance', attribs['glance-service-password'], 'service').token}
    body = {'name': f'anneal-look-{os.getpid()}', 'disk_format': 'raw', 'container_format': 'bare', 'visibility': 'private'}
    image = cloud.send('POST', f'{own}/v2/images', body, token)[1]['id']
    try:
        data = os.urandom(4096)
        put = {**token, 'Content-Type': 'application/octet-stream', 'X-Image-Meta-Store': settings.STORE}
        cloud.send('PUT', f'{own}/v2/images/{image}/file', data, put, 120)
        kept = cloud.send('GET', f'{own}/v2/images/{image}', None, token)[1]
        if kept['status'] != 'active' or settings.STORE not in kept.get('stores', ''):
            raise cloud.Trouble(f'the image is {kept["status"]} in {kept.get("stores")}; the last words of {unit}:\n{cloud.last_words(unit)}')
    finally:
        cloud.send('DELETE', f'{own}/v2/images/{image}', None, token)
    print(f'an image was kept in {settings.STORE}')
    cloud.write_output('glance-store', settings.STORE)


cloud.main(work)
