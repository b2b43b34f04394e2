. /usr/lib/anneal/openstack/packages.sh
address=$(python3 -c 'import anneal_cloud; print(anneal_cloud.own_address())')
echo "this controller is at $address"
write_attribute_string openstack-controller-address "$address"
