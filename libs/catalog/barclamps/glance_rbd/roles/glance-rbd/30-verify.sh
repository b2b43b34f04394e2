. /usr/lib/anneal/openstack/packages.sh
python3 -u verify.py
