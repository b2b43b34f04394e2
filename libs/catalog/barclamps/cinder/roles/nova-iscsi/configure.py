"""Starts what signs on to the targets of volumes. The node's name for that was made when the package was installed."""
import anneal_cloud as cloud


def work():
    cloud.serve(cloud.names()['service'], ['/etc/iscsi/iscsid.conf', '/etc/iscsi/initiatorname.iscsi'])


cloud.main(work)
