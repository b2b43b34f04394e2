. /usr/lib/anneal/openstack/packages.sh
python3 seed.py
