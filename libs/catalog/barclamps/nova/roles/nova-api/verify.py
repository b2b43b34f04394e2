"""Only what answered with a token is given out."""
import anneal_cloud as cloud
import os
import settings


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    cloud.until_answers(cloud.url_of(address, settings.API_PORT, '/'), names['api']['unit'])
    cloud.until_answers(cloud.url_of(address, settings.METADATA_PORT, '/'), names['metadata']['unit'])
    nova = cloud.Cloud(attribs, 'nova', attribs['nova-service-password'], 'service')
    version = cloud.until(60, lambda: said(nova, '/'), 'the compute API does not take the token of the user nova')['version']

    def both_up():
        services = (said(nova, '/os-services') or {'services': []})['services']
        return {'nova-conductor', 'nova-scheduler'} <= {
            each['binary'] for each in services if each['host'] == os.environ['ANNEAL_NODE'] and each['state'] == 'up'
        }

    cloud.until(180, both_up, lambda: 'conductor and scheduler of this node do not report:\n' + cloud.last_words(names['conductor']))
    host = cloud.control_host(attribs)
    cloud.write_output('nova-endpoint', {
        'url': cloud.url_of(host, settings.API_PORT, '/v2.1'),
        'metadata_host': host,
        'metadata_port': settings.METADATA_PORT,
        'microversion': version['version'],
    })
    print(f'the compute API answers up to microversion {version["version"]}')


def said(nova, path):
    try:
        return nova.get('compute', path)
    except cloud.Answer as answer:
        print(answer)
        return None


cloud.main(work)
