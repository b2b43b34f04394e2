"""Asks a cloud what a suite has to be told of it, and whether a long run is worth beginning. It runs on the tester node, for
what counts is what that node can reach. It needs Python 3.9 and nothing else.

The attributes say how the cloud is reached (access), which services the tests are of (needs) and what was prepared for them
(settings). It hands back `seen`, what the cloud said, and `findings`, what is wrong and whose role can mend it. All it makes
is one network with one port, which it takes away again.
"""
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid

ANSWER_SECONDS = 20
PAGE = 1000
# By the suite's word: types in the catalog, the role to look at, and where the version document is below the endpoint.
SERVICES = {
    'nova': (('compute',), 'nova-api'),
    'glance': (('image',), 'glance-api'),
    'neutron': (('network',), 'neutron-server'),
    'cinder': (('volumev3', 'block-storage', 'block-store', 'volume'), 'cinder-api'),
    'swift': (('object-store',), 'swift-proxy'),
    'placement': (('placement',), 'placement-api'),
}


class Unanswered(Exception):
    """A request that brought no answer that can be used; its text is for people and has no secret in it."""

    def __init__(self, says, status=None):
        super().__init__(says)
        self.status = status


class Cloud:
    def __init__(self, access):
        self.access = access
        self.context = ssl.create_default_context(cadata=access.get('caCertificate') or None)
        self.token = None
        self.catalog = {}
        self.identity_id = None

    def ask(self, method, url, body=None, headers=None):
        """The answer as JSON (None when it has none) and its headers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, method=method)
        request.add_header('Accept', 'application/json')
        if data is not None:
            request.add_header('Content-Type', 'application/json')
        if self.token:
            request.add_header('X-Auth-Token', self.token)
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        context = self.context if url.startswith('https:') else None
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS, context=context) as answer:
                text = answer.read()
                return (json.loads(text) if text.strip() else None), answer.headers
        except urllib.error.HTTPError as error:
            if error.code == 300:
                return json.loads(error.read()), error.headers
            raise Unanswered(f'{method} {shown(url)} answers {error.code} {error.reason}', error.code) from None
        except urllib.error.URLError as error:
            raise Unanswered(f'{method} {shown(url)}: {error.reason}') from None
        except (OSError, ValueError) as error:
            raise Unanswered(f'{method} {shown(url)}: {error}') from None

    def sign_on(self, account):
        """Asks for a token, and reads the catalog that comes with it."""
        user = {
            'name': account['username'],
            'password': account['password'],
            'domain': {'name': account['userDomain']},
        }
        scope = {'project': {'name': account['project'], 'domain': {'name': account['projectDomain']}}}
        body = {'auth': {'identity': {'methods': ['password'], 'password': {'user': user}}, 'scope': scope}}
        answer, headers = self.ask('POST', self.access['identityUrl'].rstrip('/') + '/auth/tokens', body)
        self.token = headers['X-Subject-Token']
        for service in answer['token'].get('catalog', []):
            for endpoint in service.get('endpoints', []):
                here = endpoint.get('region_id', endpoint.get('region')) == self.access['region']
                if here and endpoint['interface'] == self.access['endpointType']:
                    self.catalog.setdefault(service['type'], endpoint['url'].rstrip('/'))
            if service['type'] == 'identity':
                self.identity_id = service.get('id')

    def url(self, word):
        for kind in SERVICES[word][0]:
            if kind in self.catalog:
                return self.catalog[kind]
        return None


def shown(url):
    """A URL without what may be secret in it."""
    parts = urllib.parse.urlsplit(url)
    return f'{parts.scheme}://{parts.hostname}{":%d" % parts.port if parts.port else ""}{parts.path}'


class Preflight:
    def __init__(self, attribs):
        self.attribs = attribs
        self.settings = attribs['settings']
        self.needs = set(attribs['needs'])
        self.cloud = Cloud(attribs['access'])
        self.seen = {}
        self.findings = []

    def find(self, check, role, says, stops=True):
        print(f'{role}: {says}', file=sys.stderr)
        severity = 'stops' if stops else 'warns'
        self.findings.append({'check': check, 'severity': severity, 'role': role, 'says': says})

    def run(self):
        access = self.attribs['access']
        account = access['admin'] or (access['accounts'] or [None])[0]
        if account is None:
            return self.find('token', 'keystone', 'there is neither an administrator nor an account to sign on with')
        try:
            self.cloud.sign_on(account)
        except Unanswered as error:
            return self.find('token', 'keystone', f'nobody can sign on: {error}')
        self.seen['services'] = sorted(self.cloud.catalog)
        self.seen['endpoints'] = self.cloud.catalog
        if self.cloud.identity_id:
            self.seen['identity_service_id'] = self.cloud.identity_id
        self.ask_roles()
        answering = {word for word in SERVICES if self.ask_version(word)}
        for word, check in (('nova', self.look_at_compute), ('glance', self.look_at_images),
                            ('neutron', self.look_at_networks), ('cinder', self.look_at_volumes)):
            if word in answering:
                check()

    # --- one service after the other ----------------------------------------------------------------------------------

    def try_to(self, method, url, body=None, headers=None):
        """The answer, or None where it is refused: an account that is no administrator may not ask everything."""
        try:
            return self.cloud.ask(method, url, body, headers)[0]
        except Unanswered as error:
            print(f'not known: {error}', file=sys.stderr)
            return None

    def ask_roles(self):
        if not self.attribs['access']['admin']:
            return
        base = self.attribs['access']['identityUrl'].rstrip('/')
        answer = self.try_to('GET', base + '/roles')
        if answer:
            self.seen['roles'] = sorted(role['name'] for role in answer['roles'])
        answer = self.try_to('GET', base + '/projects')
        left = sorted(one['name'] for one in (answer or {}).get('projects', []) if one['name'].startswith('tempest-'))
        if left:
            says = (f'{len(left)} projects of other runs of tests are there, with what was made in them, such as {left[0]}: '
                    'their servers take memory and time from this run; delete them when nobody uses them')
            self.find('leftovers', 'keystone', says, stops=False)

    def ask_version(self, word):
        """Whether the service answers; where its tests are to be run, it has to."""
        needed = word in self.needs
        kinds, role = SERVICES[word]
        url = self.cloud.url(word)
        if url is None:
            if needed:
                where = f"region {self.cloud.access['region']}, {self.cloud.access['endpointType']} endpoints"
                self.find('versions', role, f'the catalog has no service of type {kinds[0]} ({where})')
            return False
        root = url
        if word == 'swift':
            root = url.split('/v1')[0] + '/info'
        elif word != 'placement':
            # Below a version there may be a project; the document of the version itself tells of microversions.
            root = re.sub(r'(/v[0-9][0-9.]*)(/.*)?$', r'\1/', url)
        try:
            answer, _ = self.cloud.ask('GET', root)
        except Unanswered as error:
            if word == 'swift' and error.status is not None:
                self.seen['object_info'] = False
                return True
            if needed:
                self.find('versions', role, f'{word} does not answer: {error}')
            return False
        self.note_version(word, answer)
        return True

    def note_version(self, word, answer):
        key = {'nova': 'compute', 'cinder': 'volume', 'placement': 'placement'}.get(word)
        if word == 'swift':
            self.seen['object_info'] = isinstance(answer, dict)
        if key is None or not isinstance(answer, dict):
            return
        versions = [answer['version']] if 'version' in answer else answer.get('versions', [])
        found = [one.get('version') or one.get('max_version') for one in versions]
        found = [one for one in found if one and re.fullmatch(r'[0-9]+[.][0-9]+', one)]
        if found:
            newest = max(found, key=lambda one: [int(part) for part in one.split('.')])
            self.seen[f'{key}_microversion'] = newest

    def look_at_compute(self):
        url = self.cloud.url('nova')
        answer = self.try_to('GET', f'{url}/os-hypervisors/detail')
        if answer is not None:
            up = [one for one in answer['hypervisors'] if one.get('state') == 'up' and one.get('status') == 'enabled']
            self.seen['hypervisors_up'] = len(up)
            self.seen['hypervisor_types'] = sorted({one['hypervisor_type'] for one in up})
            if not up and 'nova' in self.needs:
                self.find('hypervisors', 'nova-compute', 'no hypervisor is up, so no server can start')
        for key in ('flavor_ref', 'flavor_ref_alt'):
            flavor = self.settings.get('compute', {}).get(key)
            if flavor is None or 'nova' not in self.needs:
                continue
            try:
                self.cloud.ask('GET', f'{url}/flavors/{urllib.parse.quote(str(flavor))}')
            except Unanswered as error:
                self.find('flavor', 'tempest-client', f'the flavor for compute.{key} cannot be used: {error}')

    def look_at_images(self):
        url = re.sub(r'/v[0-9][0-9.]*$', '', self.cloud.url('glance'))
        answer = self.try_to('GET', f'{url}/v2/info/import')
        if answer is not None:
            self.seen['image_import'] = answer.get('import-methods', {}).get('value', [])
        for key in ('image_ref', 'image_ref_alt'):
            image = self.settings.get('compute', {}).get(key)
            if image is None:
                if 'nova' in self.needs:
                    self.find('image', 'tempest-client', f'there is no image for compute.{key}')
                continue
            try:
                answer, _ = self.cloud.ask('GET', f'{url}/v2/images/{urllib.parse.quote(str(image))}')
            except Unanswered as error:
                self.find('image', 'glance-api', f'the image for compute.{key} cannot be read: {error}', 'nova' in self.needs)
                continue
            if answer.get('status') != 'active':
                says = f"the image for compute.{key} is {answer.get('status')}, not active"
                self.find('image', 'glance-api', says, 'nova' in self.needs)

    def look_at_networks(self):
        url = re.sub(r'/v2[.]0$', '', self.cloud.url('neutron')) + '/v2.0'
        answer = self.try_to('GET', f'{url}/extensions')
        if answer:
            self.seen['network_extensions'] = sorted(one['alias'] for one in answer['extensions'])
        wanted = self.settings.get('network', {}).get('public_network_id')
        answer = self.try_to('GET', f'{url}/networks?router:external=true')
        found = sorted((answer or {}).get('networks', []), key=lambda one: (one['id'] != wanted, one['name']))
        needed = bool(self.needs & {'nova', 'neutron'})
        if found:
            self.seen['public_network'] = {'id': found[0]['id'], 'name': found[0]['name']}
            self.look_at_floating_range(url, found[0])
        elif needed:
            self.find('external-network', 'neutron-server', 'there is no external network, so no server can be reached')
        if needed:
            self.try_port(url)

    def try_port(self, url):
        name = f'anneal-preflight-{uuid.uuid4()}'
        made = []
        try:
            network = self.cloud.ask('POST', f'{url}/networks', {'network': {'name': name}})[0]['network']['id']
            made.append(f'{url}/networks/{network}')
            body = {'port': {'network_id': network, 'name': name}}
            made.append(f"{url}/ports/{self.cloud.ask('POST', f'{url}/ports', body)[0]['port']['id']}")
        except Unanswered as error:
            self.find('port', 'neutron-server', f'a port cannot be made: {error}')
        for thing in reversed(made):
            try:
                self.cloud.ask('DELETE', thing)
            except Unanswered as error:
                self.find('port', 'neutron-server', f'what was made for a look cannot be deleted: {error}')
                return

    def look_at_floating_range(self, url, network):
        """Whether packets of this node go to the addresses under which servers will be reached."""
        answer = self.try_to('GET', f"{url}/subnets?network_id={network['id']}")
        subnets = [one for one in (answer or {}).get('subnets', []) if one['ip_version'] == 4]
        if not subnets or 'nova' not in self.needs:
            return
        first = (subnets[0]['allocation_pools'] or [{}])[0].get('start')
        if first and shutil.which('ip'):
            route = subprocess.run(['ip', '-4', 'route', 'get', first], capture_output=True, text=True, timeout=ANSWER_SECONDS)
            if route.returncode != 0:
                says = f"the tester has no route to {first}, the first address of network {network['name']}"
                return self.find('floating-range', 'network', says)
        gateway = subnets[0].get('gateway_ip')
        if gateway and shutil.which('ping'):
            pinged = subprocess.run(['ping', '-n', '-c', '2', '-W', '2', gateway], capture_output=True, timeout=ANSWER_SECONDS)
            if pinged.returncode != 0:
                says = f"the gateway {gateway} of network {network['name']} does not answer the tester's ping; servers may not either"
                self.find('floating-range', 'network', says, stops=False)

    def look_at_volumes(self):
        url = self.cloud.url('cinder')
        needed = 'cinder' in self.needs
        answer = self.try_to('GET', f'{url}/os-services')
        if answer is not None:
            kinds = {one['binary'] for one in answer['services'] if one['state'] == 'up' and one['status'] == 'enabled'}
            self.seen['volume_backup'] = 'cinder-backup' in kinds
            for binary in ('cinder-scheduler', 'cinder-volume'):
                if needed and binary not in kinds:
                    self.find('volumes', binary, f'no {binary} is up, so no volume can be made')
        answer = self.try_to('GET', f'{url}/scheduler-stats/get_pools?detail=true')
        if answer is not None:
            self.seen['volume_pools'] = [
                {
                    'name': one['capabilities'].get('volume_backend_name') or one['name'].split('#')[-1],
                    'protocol': first(one['capabilities'].get('storage_protocol')),
                    'vendor': one['capabilities'].get('vendor_name'),
                }
                for one in answer['pools']
            ]


def first(value):
    """Newer backends tell several spellings of a protocol."""
    return value[0] if isinstance(value, list) and value else value


def main():
    with open(os.environ['ANNEAL_ATTRIBS'], encoding='utf-8') as file:
        preflight = Preflight(json.load(file))
    try:
        preflight.run()
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        what = f'{type(error).__name__} {error}'
        says = f'an API answered in a way that was not understood: {what}'
        # Without a catalog nobody could say what to test; anything later is one question that stays open.
        preflight.find('answers', 'keystone', says, stops='services' not in preflight.seen)
    with os.fdopen(3, 'w', encoding='utf-8') as out:
        for name, value in (('seen', preflight.seen), ('findings', preflight.findings)):
            out.write(json.dumps({'name': name, 'value': value}) + '\n')


main()
