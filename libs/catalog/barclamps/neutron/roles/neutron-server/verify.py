"""Only what answered with a token is given out."""
import anneal_cloud as cloud
import settings


#: What cannot read its files ends well before.
STEADY_SECONDS = 10


def runs_on(unit):
    """Whether a service has been running for a while. Nothing asks the part for agents from outside, so this is all that can be seen."""
    said = cloud.run('systemctl', 'show', '--property', 'ActiveState,ActiveEnterTimestampMonotonic', unit, quiet=True)
    state = dict(line.split('=', 1) for line in said.splitlines())
    with open('/proc/uptime', encoding='utf-8') as file:
        uptime = float(file.read().split()[0])
    return state['ActiveState'] == 'active' and uptime - int(state['ActiveEnterTimestampMonotonic']) / 1e6 > STEADY_SECONDS


def work():
    attribs, names = cloud.read_attribs(), cloud.names()
    cloud.until_answers(cloud.url_of(cloud.own_address(), settings.PORT, '/'), names['api'], 180)
    cloud.until(90, lambda: runs_on(names['rpc']), lambda: 'what answers the agents does not stay up:\n' + cloud.last_words(names['rpc']))
    neutron = cloud.Cloud(attribs, 'neutron', attribs['neutron-service-password'], 'service')

    def extensions():
        try:
            return [each['alias'] for each in neutron.get('network', '/v2.0/extensions')['extensions']]
        except cloud.Answer as answer:
            print(answer)
            return None

    found = cloud.until(90, extensions, lambda: 'the network API does not take the token of the user neutron:\n' + cloud.last_words(names['api']))
    if 'router' not in found:
        raise cloud.Trouble('the network API knows no routers: see service_plugins in /etc/neutron/neutron.conf')
    cloud.write_output('neutron-endpoint', {'url': cloud.url_of(cloud.control_host(attribs), settings.PORT)})
    print(f'the network API answers, with {len(found)} extensions')


cloud.main(work)
