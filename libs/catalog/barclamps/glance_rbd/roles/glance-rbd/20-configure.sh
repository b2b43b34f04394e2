. /usr/lib/anneal/openstack/packages.sh
python3 -u configure.py
