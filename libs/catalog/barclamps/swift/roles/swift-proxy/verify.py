"""An object goes in, comes out the same, and is gone."""
import os

import anneal_cloud as cloud
import settings


def work():
    attribs, unit = cloud.read_attribs(), cloud.names()['service']
    cloud.until_answers(cloud.url_of(cloud.own_address(), settings.PORT, '/healthcheck'), unit, 60)
    swift = cloud.Cloud(attribs, 'swift', attribs['swift-service-password'], 'service')
    container = f'/anneal-look-{os.getpid()}'
    words = os.urandom(12).hex()

    def kept():
        try:
            swift.call('PUT', 'object-store', container)
            swift.call('PUT', 'object-store', f'{container}/words', words.encode(), {'Content-Type': 'text/plain'})
            return swift.get('object-store', f'{container}/words') == words
        except cloud.Answer as answer:
            print(answer)
            return False

    cloud.until(60, kept, lambda: f'an object cannot be written and read back; the last words of {unit}:\n{cloud.last_words(unit)}')
    swift.call('DELETE', 'object-store', f'{container}/words')
    swift.call('DELETE', 'object-store', container)
    print('an object was written, read and deleted')
    cloud.write_output('swift-endpoint', {
        'url': cloud.url_of(cloud.control_host(attribs), settings.PORT, '/v1'),
        'operator_role': 'member' if 'member' in attribs['swift-operator-roles'] else attribs['swift-operator-roles'][0],
        'reseller_role': attribs['swift-reseller-role'],
    })


cloud.main(work)
