"""Readies interfaces and the kernel's filters, and starts the agent that plugs."""
import os

import anneal_cloud as cloud
import settings


def bring_up(interface, address):
    unit = f'anneal-interface-{interface}.service'
    if cloud.put(f'/etc/systemd/system/{unit}', settings.interface_unit(interface, address), mode=0o644):
        cloud.run('systemctl', 'daemon-reload')
    cloud.serve(unit, [f'/etc/systemd/system/{unit}'])


def filter_bridges():
    """Security groups filter what crosses a bridge, which the kernel does only when told. A container has its host's modules."""
    cloud.run('modprobe', 'br_netfilter', check=False)
    folder = '/proc/sys/net/bridge'
    if not os.path.isdir(folder):
        print('the kernel has no br_netfilter here: security groups rely on nftables seeing bridged frames')
        return
    lines = [f'net.bridge.{name} = 1' for name in ('bridge-nf-call-iptables', 'bridge-nf-call-ip6tables')]
    cloud.put('/etc/sysctl.d/60-anneal-bridges.conf', '\n'.join(lines) + '\n', mode=0o644)
    done = cloud.run('sysctl', '--quiet', '--load', '/etc/sysctl.d/60-anneal-bridges.conf', check=False)
    if done.returncode != 0:
        print(done.stderr.strip())


def mend_ebtables(names):
    said = cloud.run('/usr/sbin/ebtables', '--version', check=False)
    if 'nf_tables' not in said.stdout + said.stderr and not os.path.exists(names['ebtables']):
        return
    stand_in = '/usr/local/sbin/ebtables-anneal'
    cloud.put(stand_in, settings.ebtables_stand_in(names['ebtables']), mode=0o755)
    cloud.run('update-alternatives', '--install', '/usr/sbin/ebtables', 'ebtables', stand_in, '90')
    cloud.run('update-alternatives', '--set', 'ebtables', stand_in)


def work():
    attribs, names = cloud.read_attribs(), cloud.names()
    interfaces = attribs['neutron-interfaces']
    settings.interfaces_missing(interfaces, os.listdir('/sys/class/net'))
    for interface in sorted(set(interfaces.values())):
        bring_up(interface, attribs['neutron-interface-addresses'].get(interface))
    filter_bridges()
    mend_ebtables(names)
    conf = cloud.ini(settings.agent_conf(interfaces, cloud.own_address()))
    cloud.put(settings.AGENT_CONF, conf, group='neutron')
    cloud.serve(names['service'], ['/etc/neutron/neutron.conf', '/etc/neutron/plugins/ml2/ml2_conf.ini', settings.AGENT_CONF])


cloud.main(work)
