. /usr/lib/anneal/openstack/packages.sh
python3 -c 'import anneal_cloud; print("this is", anneal_cloud.distribution(), "at", anneal_cloud.own_address())'
echo "the cloud is of the release $(read_attribute openstack-release), in the region $(read_attribute openstack-region)"
