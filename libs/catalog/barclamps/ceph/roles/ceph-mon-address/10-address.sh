. /usr/lib/anneal/openstack/packages.sh
address=$(python3 -c 'import anneal_cloud; print(anneal_cloud.own_address())')
name=${ANNEAL_NODE%%.*}
echo "the monitor $name is to answer at $address"
write_attribute ceph-monitor "{\"name\": \"$name\", \"address\": \"$address\"}"
