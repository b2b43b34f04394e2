"""Writes what each agent is told, and starts it. A haproxy or keepalived of a package is for the agents to start, not to run by itself."""
import anneal_cloud as cloud
import settings


def work():
    attribs, services = cloud.read_attribs(), cloud.names()['services']
    for agent, (path, sections) in settings.files(attribs).items():
        cloud.put(path, cloud.ini(sections), group='neutron')
        cloud.serve(services[agent], ['/etc/neutron/neutron.conf', path])


cloud.main(work)
