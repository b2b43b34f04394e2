"""The node has a name of its own, and the daemon answers."""
import anneal_cloud as cloud


def work():
    with open('/etc/iscsi/initiatorname.iscsi', encoding='utf-8') as file:
        name = next((line.split('=', 1)[1].strip() for line in file if line.startswith('InitiatorName=')), None)
    if not name:
        raise cloud.Trouble('/etc/iscsi/initiatorname.iscsi names nobody: reinstall the iSCSI initiator')
    cloud.until(30, lambda: cloud.run('iscsiadm', '--mode', 'iface', check=False).returncode == 0, 'iscsid does not answer')
    print(f'this node signs on to targets as {name}')


cloud.main(work)
