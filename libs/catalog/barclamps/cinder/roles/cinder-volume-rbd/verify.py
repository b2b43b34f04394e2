"""A volume was made; only then the type is given out."""
import anneal_cloud as cloud
import anneal_volumes as volumes
import settings

cloud.main(lambda: volumes.give_out(settings.BACKEND, 'cinder-rbd', 'ceph'))
