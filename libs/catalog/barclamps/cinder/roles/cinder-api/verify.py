"""Only what answered with a token is given out."""
import os

import anneal_cloud as cloud
import settings


def work():
    attribs, names, node = cloud.read_attribs(), cloud.names(), os.environ['ANNEAL_NODE']
    cloud.until_answers(cloud.url_of(cloud.own_address(), settings.PORT, '/'), names['api'], 180)
    cinder = cloud.Cloud(attribs, 'cinder', attribs['cinder-service-password'], 'service')

    def scheduler():
        try:
            found = cinder.get('volumev3', '/os-services?binary=cinder-scheduler')['services']
        except cloud.Answer as answer:
            print(answer)
            return False
        return any(each['host'] == node and each['state'] == 'up' for each in found)

    cloud.until(150, scheduler, lambda: f'the scheduler of {node} does not report:\n' + cloud.last_words(names['scheduler']))
    cloud.write_output('cinder-endpoint', {'url': cloud.url_of(cloud.control_host(attribs), settings.PORT, '/v3')})
    print('the volume API answers')


cloud.main(work)
