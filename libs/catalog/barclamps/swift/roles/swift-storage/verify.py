"""Each server of this node says that it is well."""
import anneal_cloud as cloud
import anneal_objects as objects


def work():
    names, address = cloud.names()['servers'], cloud.own_address()
    for kind, port in sorted(objects.PORTS.items()):
        cloud.until_answers(cloud.url_of(address, port, '/healthcheck'), names[kind], 60)
        print(f'the server of {kind}s answers at {address} port {port}')


cloud.main(work)
