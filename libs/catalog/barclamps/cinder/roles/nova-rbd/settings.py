"""How libvirt is told of a secret: its description, without the secret."""
from xml.sax.saxutils import escape


def secret_xml(block):
    return (
        "<secret ephemeral='no' private='no'>\n"
        f"  <uuid>{escape(block['secret_uuid'])}</uuid>\n"
        f"  <usage type='ceph'><name>client.{escape(block['user'])} secret</name></usage>\n"
        '</secret>\n'
    )
