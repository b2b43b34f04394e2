. /usr/lib/anneal/openstack/packages.sh
install_role_packages
