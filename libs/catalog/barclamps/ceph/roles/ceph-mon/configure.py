"""
Makes the monitor's store and starts it. The first ones begin with the map that all of them work out alike; one that comes
later takes the map of those that are there.
"""
import os
import tempfile

import anneal_ceph as ceph
import anneal_cloud as cloud
import settings


def make_store(attribs, name, folder, monitors):
    with tempfile.TemporaryDirectory() as work:
        cloud.run('chown', 'ceph:ceph', work)
        map_file, keys = f'{work}/map', f'{work}/keyring'
        if ceph.answers():
            cloud.run('ceph', '--connect-timeout', '20', 'mon', 'getmap', '-o', map_file, quiet=True)
        else:
            cloud.run('monmaptool', '--create', '--clobber', '--fsid', ceph.fsid(attribs), map_file, quiet=True)
            for each in monitors:
                cloud.run('monmaptool', '--addv', each['name'], ceph.addresses(each['address']), map_file, quiet=True)
        text = ceph.keyring(
            ('mon.', ceph.key(attribs['ceph-monitor-secret']), {'mon': 'allow *'}),
            ('client.admin', ceph.key(attribs['ceph-admin-secret']), ceph.EVERYTHING),
        )
        cloud.put(keys, text, owner='ceph', group='ceph', mode=0o600)
        os.chmod(map_file, 0o644)
        cloud.make_folder(folder, owner='ceph', group='ceph')
        cloud.run('ceph-mon', '--mkfs', '--id', name, '--monmap', map_file, '--keyring', keys, user='ceph', quiet=True)
    print(f'the store of monitor {name} was made')


def work():
    attribs = cloud.read_attribs()
    monitors = cloud.values(attribs['ceph-monitor'])
    name = os.environ['ANNEAL_NODE'].split('.')[0]
    if name not in [each['name'] for each in monitors]:
        raise cloud.Trouble('the others do not know this monitor: bind ceph-mon-address to this node too')
    ceph.put_admin_keyring(attribs)
    folder = f'/var/lib/ceph/mon/ceph-{name}'
    if not os.path.exists(f'{folder}/store.db'):
        make_store(attribs, name, folder, monitors)
    cloud.serve(f'ceph-mon@{name}', [f'{folder}/kv_backend'])
    cloud.until(240, ceph.answers, lambda: 'the monitors find no quorum:\n' + cloud.last_words(f'ceph-mon@{name}'))
    kept = {(each['section'], each['name']): each['value'] for each in ceph.ceph('config', 'dump')}
    for who, option, value in settings.settings(attribs):
        if kept.get((who, option)) != value:
            ceph.ceph('config', 'set', who, option, value)
            print(f'{who} has {option} {value}')


cloud.main(work)
