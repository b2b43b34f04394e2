"""Makes the networks that an operator described. Others in the cloud are nobody's business here."""
import anneal_cloud as cloud
import networks


def work():
    attribs = cloud.read_attribs()
    public = attribs.get('neutron-public-network')
    if public is None:
        raise cloud.Trouble('nobody says what the network to the outside is: set neutron-public-network for the deployment')
    networks.check(public)
    neutron = cloud.Cloud(attribs)
    there = networks.public_network(neutron, public, attribs['neutron-public-shared'])
    if attribs.get('neutron-first-network'):
        networks.first_network(neutron, attribs['neutron-first-network'], there)


cloud.main(work)
