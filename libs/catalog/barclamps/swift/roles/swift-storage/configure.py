"""Writes the servers' files and the rings, and starts them. Whoever reads a ring notices a new one by itself."""
import anneal_cloud as cloud
import anneal_objects as objects
import settings


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    nodes = [entry['address'] for entry in cloud.values(attribs['swift-disks'])]
    if address not in nodes:
        raise cloud.Trouble('the rings know no disk of this node: bind swift-device to it as well')
    objects.put_rings(attribs)
    for folder in ('/var/cache/swift', '/var/lock/swift'):
        cloud.make_folder(folder, owner='swift', group='swift', mode=0o755)
    several = cloud.one(attribs['swift-ring-files'], 'which object is where')['replicas'] > 1
    if several:
        cloud.put('/etc/rsyncd.conf', settings.rsync_conf(address, nodes), mode=0o644)
        cloud.serve(names['rsync'], ['/etc/rsyncd.conf'])
    confs = []
    for kind in sorted(objects.PORTS):
        path = f'{objects.FOLDER}/{kind}-server.conf'
        cloud.put(path, cloud.ini(settings.server_conf(kind, attribs, address)), group='swift')
        cloud.serve(names['servers'][kind], [f'{objects.FOLDER}/swift.conf', path])
        confs.append(path)
    for unit in [*names['background'], *(names['copies'] if several else [])]:
        cloud.serve(unit, [f'{objects.FOLDER}/swift.conf', *confs])


cloud.main(work)
