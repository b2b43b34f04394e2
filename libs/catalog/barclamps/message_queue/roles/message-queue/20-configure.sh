. /usr/lib/anneal/openstack/packages.sh
python3 configure.py
