"""Writes how places of objects are worked out: the same on every node, or they do not find each other's objects."""
import anneal_cloud as cloud


def swift_conf(attribs):
    return {
        'swift-hash': {
            'swift_hash_path_prefix': attribs['swift-hash-prefix'],
            'swift_hash_path_suffix': attribs['swift-hash-suffix'],
        },
        'storage-policy:0': {'name': 'Policy-0', 'default': 'yes', 'aliases': 'standard'},
    }


def work():
    cloud.put('/etc/swift/swift.conf', cloud.ini(swift_conf(cloud.read_attribs())), group='swift')


if __name__ == '__main__':
    cloud.main(work)
