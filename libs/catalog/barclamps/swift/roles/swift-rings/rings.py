"""
Which disk has which object. A ring is kept as a builder file with its history, so that a new disk moves as little as it can;
what is not wanted any more is taken out, and what is new is put in.
"""
import anneal_cloud as cloud
import anneal_objects as objects


def wanted_disks(entries, port):
    """Address, port and name of each disk, with its zone and weight."""
    return {
        (entry['address'], port, name): (entry['zone'], weight)
        for entry in entries
        for name, weight in sorted(entry['disks'].items())
    }


def steps(there, wanted):
    """
    What has to be done to a ring that has the disks `there` so that it has those that are wanted: words for
    swift-ring-builder, in an order that is always the same.
    """
    done = []
    for place in sorted(there.keys() - wanted.keys()):
        done.append(['remove', *as_search(place)])
    for place in sorted(wanted.keys() - there.keys()):
        zone, weight = wanted[place]
        address, port, name = place
        words = ['--region', '1', '--zone', str(zone), '--ip', address, '--port', str(port), '--device', name, '--weight', str(weight)]
        done.append(['add', *words])
    for place in sorted(wanted.keys() & there.keys()):
        if float(there[place][1]) != float(wanted[place][1]):
            done.append(['set_weight', *as_search(place), str(wanted[place][1]), '--yes'])
    return done


def as_search(place):
    address, port, name = place
    return ['--ip', address, '--port', str(port), '--device', name]


def disks_of(builder):
    """The disks of a builder file that are not on their way out."""
    from swift.common.ring import RingBuilder

    ring = RingBuilder.load(builder)
    return {
        (disk['ip'], disk['port'], disk['device']): (disk['zone'], disk['weight'])
        for disk in ring.devs
        if disk is not None and disk not in ring._remove_devs and disk['weight'] > 0
    }


def build(kind, entries, attribs):
    """Brings one ring up to date; gives the path of its file."""
    import os

    builder, ring = f'{objects.FOLDER}/{kind}.builder', f'{objects.FOLDER}/{kind}.ring.gz'
    wanted = wanted_disks(entries, objects.PORTS[kind])
    replicas = attribs['swift-replicas']
    if len(wanted) < replicas:
        raise cloud.Trouble(
            f'{replicas} copies need as many disks, and there are {len(wanted)}: bind swift-device to more nodes, '
            'give more disks, or lower swift-replicas'
        )

    def command(*words, check=True):
        return cloud.run('swift-ring-builder', builder, *words, check=check, quiet=True)

    changed = False
    if not os.path.exists(builder):
        command('create', str(attribs['swift-part-power']), str(replicas), str(attribs['swift-min-part-hours']))
        changed = True
    else:
        command('set_min_part_hours', str(attribs['swift-min-part-hours']))
        if replicas_of(builder) != replicas:
            command('set_replicas', str(replicas))
            changed = True
    for words in steps(disks_of(builder), wanted):
        command(*words)
        print(f'{kind}: {" ".join(words)}')
        changed = True
    if changed or not os.path.exists(ring):
        # 1 says that not everything could be moved yet, which the next time mends.
        done = command('rebalance', check=False)
        if done.returncode > 1:
            raise cloud.Trouble(f'the ring of {kind}s cannot be balanced:\n{done.stdout}{done.stderr}')
    if not os.path.exists(ring):
        command('write_ring')
    return ring


def replicas_of(builder):
    from swift.common.ring import RingBuilder

    return RingBuilder.load(builder).replicas
