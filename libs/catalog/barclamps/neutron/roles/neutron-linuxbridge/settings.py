"""What the agent that plugs ports into bridges is told."""
import anneal_cloud as cloud

AGENT_CONF = '/etc/neutron/plugins/ml2/linuxbridge_agent.ini'


def agent_conf(interfaces, address):
    return {
        'linux_bridge': {
            'physical_interface_mappings': ','.join(f'{name}:{interface}' for name, interface in sorted(interfaces.items())) or None
        },
        'vxlan': {'enable_vxlan': True, 'local_ip': address, 'l2_population': False},
        'securitygroup': {'enable_security_group': True, 'firewall_driver': 'iptables'},
    }


def interface_unit(interface, address):
    """
    A service that brings the interface up before the agent starts, after a reboot as well. Once the interface is in a
    bridge the address is the bridge's, and then it must not come back here.
    """
    steps = [f'ExecStart=/sbin/ip link set dev {interface} up']
    if address is not None:
        steps.append(f'ExecStart=/bin/sh -c "test -e /sys/class/net/{interface}/brport || ip address replace {address} dev {interface}"')
    return '\n'.join([
        '# Written by Anneal; changes by hand do not last.',
        '[Unit]',
        f'Description=Interface {interface} for the networks of the cloud',
        'After=network.target',
        'Before=neutron-linuxbridge-agent.service',
        '',
        '[Service]',
        'Type=oneshot',
        'RemainAfterExit=yes',
        *steps,
        '',
        '[Install]',
        'WantedBy=multi-user.target',
        '',
    ])


def ebtables_stand_in(program):
    """
    ebtables over nftables cannot delete a rule with --among-src by naming it, and says exit 4; the agent then tries again
    with doubled waits and plugs nothing for minutes. It keeps one such rule in a chain, so emptying the chain is the same.
    """
    return f"""#!/bin/sh
# Written by Anneal; changes by hand do not last.
case " $* " in
  *" -D neutronMAC-"*" --among-src "*)
    chain= before=
    for word in "$@"; do
      if [ "$before" = -D ]; then chain=$word; fi
      before=$word
    done
    exec {program} -t nat -F "$chain"
    ;;
esac
exec {program} "$@"
"""


def interfaces_missing(interfaces, there):
    missing = sorted(set(interfaces.values()) - set(there))
    if missing:
        raise cloud.Trouble(
            f'this node has no interface {", ".join(missing)}, only {", ".join(sorted(there))}: '
            'set neutron-interfaces of this node to the one that leads to the network, or to {} where none does'
        )
