"""What the roles of a cloud have in common on a node: files that are written whole and compared, services that are restarted
when what they read has changed, addresses that come out of attributes, databases, and the APIs of the cloud by REST.

It is installed by openstack-base and used by the programs of the other roles, as root. It needs Python 3.9 and nothing else;
what talks to the database also needs PyMySQL, which comes with every service. It never runs a command line client of
OpenStack: each of these takes seconds to start, and a request takes milliseconds.
"""
import contextlib
import hashlib
import json
import os
import grp
import pwd
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

STATE = '/var/lib/anneal/openstack'
ANSWER_SECONDS = 60
# No answer at all, or a gateway's: the service starts, or has more to do than it can.
UNANSWERED = (0, 502, 503, 504)
GET_TRIES = 3
GET_PAUSE_SECONDS = 2
DOMAIN = 'Default'
# How nova's scheduler picks a hypervisor: as it does without being told, and by the hints of users who want their servers
# together or apart.
SCHEDULER_FILTERS = (
    'ComputeFilter',
    'ComputeCapabilitiesFilter',
    'ImagePropertiesFilter',
    'ServerGroupAntiAffinityFilter',
    'ServerGroupAffinityFilter',
    'SameHostFilter',
    'DifferentHostFilter',
)


class Trouble(Exception):
    """What is wrong and what to do about it, for the log of the run."""


def main(work):
    """Runs `work`; trouble becomes its sentence on stderr and exit code 1."""
    try:
        work()
    except (Trouble, Answer) as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)


# --- attributes -----------------------------------------------------------------------------------------------------------


def read_attribs():
    with open(os.environ['ANNEAL_ATTRIBS'], encoding='utf-8') as file:
        return json.load(file)


def write_output(name, value):
    """Hands an output back, as `write_attribute` of the scripts does: the runner reads descriptor 3."""
    os.write(3, (json.dumps({'name': name, 'value': value}) + '\n').encode())


def values(wanted):
    """The values of a wanted attribute: those of all instances of a cluster role, or the one of any other role."""
    if isinstance(wanted, list):
        return [entry['value'] for entry in wanted if entry.get('value') is not None]
    return [] if wanted is None else [wanted]


def one(wanted, what):
    """The first of them, in the order of the nodes' names."""
    found = values(wanted)
    if not found:
        raise Trouble(f'nobody says {what}: retry the role that writes it')
    return found[0]


def own_address():
    """The address of this node that the admin node reaches it under, and so do the others: where the services listen."""
    words = os.environ.get('SSH_CONNECTION', '').split()
    if len(words) == 4:
        return words[2]
    return subprocess.run(['hostname', '-I'], check=True, capture_output=True, text=True).stdout.split()[0]


def controllers(attribs):
    found = values(attribs['openstack-controller-address'])
    if not found:
        raise Trouble('there is no controller: bind openstack-controller to a node of this deployment')
    return found


def control_host(attribs):
    """Where APIs and database answer: the virtual address, or the one controller."""
    return attribs.get('openstack-virtual-address') or controllers(attribs)[0]


def bracket(host):
    """An address as it stands in a URL (RFC 3986, 3.2.2)."""
    return f'[{host}]' if ':' in host else host


def url_of(host, port, path=''):
    return f'http://{bracket(host)}:{port}{path}'


def database_url(attribs, name, user, password):
    endpoint = one(attribs['database-endpoint'], 'where the database answers')
    host = attribs.get('openstack-virtual-address') or endpoint['address']
    return f'mysql+pymysql://{user}:{password}@{bracket(host)}:{endpoint["port"]}/{name}?charset=utf8'


def transport_url(attribs):
    password = attribs['message-queue-password']
    password = one(password, 'the password of the message queue') if isinstance(password, list) else password
    hosts = [f'openstack:{password}@{bracket(each["address"])}:{each["port"]}' for each in values(attribs['message-queue-endpoint'])]
    if not hosts:
        raise Trouble('nobody says where the message queue answers: retry message-queue')
    return 'rabbit://' + ','.join(hosts) + '/'


def memcached_servers(attribs):
    return ','.join(f'{bracket(each["address"])}:{each["port"]}' for each in values(attribs['memcached-endpoint']))


# --- sections that many services have ---------------------------------------------------------------------------------------


def auth_section(attribs, user, password):
    """How a service signs on as itself. Debian's own files name another region in each of these sections."""
    return {
        'auth_type': 'password',
        'auth_url': one(attribs['keystone-endpoint'], 'where keystone answers')['url'],
        'project_domain_name': DOMAIN,
        'user_domain_name': DOMAIN,
        'project_name': 'service',
        'username': user,
        'password': password,
        'region_name': attribs['openstack-region'],
        'valid_interfaces': 'internal',
    }


def authtoken_section(attribs, user, password):
    """How a service has the tokens of its callers looked at."""
    section = auth_section(attribs, user, password)
    section['interface'] = section.pop('valid_interfaces')
    return {
        **section,
        'www_authenticate_uri': section['auth_url'],
        'memcached_servers': memcached_servers(attribs),
        'service_token_roles': 'admin,service',
        'service_token_roles_required': True,
    }


def catalog_section(attribs):
    return {'valid_interfaces': 'internal', 'region_name': attribs['openstack-region']}


def rabbit_section(attribs):
    """Under uwsgi a green thread sleeps between requests, and the queue ends connections that do not beat."""
    return {
        'heartbeat_in_pthread': True,
        'heartbeat_timeout_threshold': 60,
        'kombu_reconnect_delay': 0.5,
        'rabbit_retry_interval': 1,
        'rabbit_interval_max': 10,
    }


# --- files ------------------------------------------------------------------------------------------------------------------


def ini(sections):
    """A file of sections. None leaves a key out; true and false are written as words."""
    lines = ['# Written by Anneal; changes by hand do not last.']
    for name, keys in sections.items():
        lines += ['', f'[{name}]']
        for key, value in keys.items():
            if value is None:
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if '\n' in text:
                raise Trouble(f'{name}/{key} has a line break in it: take it out of the attribute')
            lines.append(f'{key} = {text}')
    return '\n'.join(lines) + '\n'


def uwsgi_ini(name, user, program, address, port, processes, threads=1, extra=None):
    """A service of its own under uwsgi, on one address."""
    return ini({
        'uwsgi': {
            'http-socket': f'{bracket(address)}:{port}',
            'plugins': 'python3',
            'wsgi-file': program,
            'master': True,
            'processes': processes,
            'threads': threads,
            'enable-threads': True,
            'lazy-apps': True,
            'thunder-lock': True,
            'no-orphans': True,
            'die-on-term': True,
            'buffer-size': 65535,
            'listen': 100,
            'rem-header': 'Content-Length',
            'add-header': 'Connection: close',
            'paste-logger': True,
            'logto': f'/var/log/{user}/{name}.log',
            'name': name,
            'uid': user,
            'gid': user,
            'chdir': f'/var/lib/{user}',
            **(extra or {}),
        }
    })


def put(path, text, group='root', owner='root', mode=0o640):
    """Writes a file whole, beside the old one and then in its place. True when that changed it."""
    ids = (pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)
    try:
        with open(path, encoding='utf-8') as file:
            state = os.fstat(file.fileno())
            if file.read() == text and (state.st_uid, state.st_gid, state.st_mode & 0o7777) == (*ids, mode):
                return False
    except FileNotFoundError:
        pass
    if not os.path.isdir(os.path.dirname(path)):
        make_folder(os.path.dirname(path), group=group, owner=owner)
    beside = path + '.new'
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, 'w', encoding='utf-8') as file:
        file.write(text)
        os.fchown(file.fileno(), *ids)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    print(f'{path} is new')
    return True


def make_folder(path, group='root', owner='root', mode=0o750):
    os.makedirs(path, exist_ok=True)
    os.chown(path, pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)
    os.chmod(path, mode)


# --- names of the distribution ----------------------------------------------------------------------------------------------


def distribution(text=None):
    """`debian`, `ubuntu` or `redhat`."""
    if text is None:
        with open('/etc/os-release', encoding='utf-8') as file:
            text = file.read()
    pairs = dict(line.split('=', 1) for line in text.splitlines() if '=' in line)
    words = [pairs.get('ID', '').strip('"'), *pairs.get('ID_LIKE', '').strip('"').split()]
    for word in words:
        if word in ('debian', 'ubuntu'):
            return word
        if word in ('rhel', 'fedora', 'centos'):
            return 'redhat'
    raise Trouble(f'no names of packages are known for {words[0] or "this system"}: use Debian, Ubuntu or a kind of Red Hat')


def names(folder=None):
    """What packages, services and programs of the role are called here: the distribution's part of names.json."""
    with open(os.path.join(folder or os.environ['ANNEAL_ROLE_DIR'], 'names.json'), encoding='utf-8') as file:
        return json.load(file)[distribution()]


# --- commands and services --------------------------------------------------------------------------------------------------


def run(*command, user=None, check=True, seconds=600, text=None, quiet=False):
    """
    Runs a command with an end to its time; gives what it wrote to stdout. With `check` off, it gives how the command ended,
    and one that took too long ended with 124, as it would under timeout(1).
    """
    words = list(command) if user is None else ['runuser', '-u', user, '--', *command]
    try:
        done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL if text is None else None)
    except subprocess.TimeoutExpired:
        if not check:
            return subprocess.CompletedProcess(words, 124, '', f'{command[0]} did not end within {seconds} seconds')
        raise Trouble(f'{command[0]} did not end within {seconds} seconds') from None
    if check and done.returncode != 0:
        tail = '\n'.join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise Trouble(f'{" ".join(words[:6])} ended with {done.returncode}:\n{tail}')
    if not quiet and done.stderr.strip():
        print('\n'.join(done.stderr.strip().splitlines()[-3:]))
    return done.stdout if check else done


def serve_wsgi(unit, user, program, address, port, processes, reads, threads=1, extra=None):
    """
    Has a WSGI program answer on one address under uwsgi, as a unit of its own in place of the distribution's, which would
    listen on every address. `reads` are the files that it is restarted for.
    """
    settings = f'/etc/{user}/{unit}-anneal.ini'
    put(settings, uwsgi_ini(unit, user, program, address, port, processes, threads, extra), group=user)
    uwsgi = shutil.which('uwsgi_python3') or shutil.which('uwsgi')
    if uwsgi is None:
        raise Trouble('uwsgi is not here: name its package in names.json of the role')
    file = f'/etc/systemd/system/{unit}.service'
    text = f"""# Written by Anneal; changes by hand do not last.
[Unit]
Description={unit} of OpenStack
Wants=network-online.target
After=network-online.target mariadb.service rabbitmq-server.service memcached.service

[Service]
User={user}
Group={user}
WorkingDirectory=/var/lib/{user}
RuntimeDirectory={user}
ExecStart={uwsgi} --ini {settings}
Restart=on-failure
RestartSec=2
LimitNOFILE=65535
TimeoutStopSec=15

[Install]
WantedBy=multi-user.target
"""
    if put(file, text, mode=0o644):
        run('systemctl', 'daemon-reload')
    return serve(unit, [settings, file, *reads])


def digest(paths):
    hashed = hashlib.sha256()
    for path in sorted(paths):
        with contextlib.suppress(FileNotFoundError):
            with open(path, 'rb') as file:
                hashed.update(path.encode() + b'\0' + file.read() + b'\0')
    return hashed.hexdigest()


def serve(unit, paths):
    """
    Has a service run with what these files say now: started if it does not run, restarted if they were others when it was
    started, left alone otherwise. What was read at the start is remembered, so a run that broke off in between is made up for.
    """
    run('systemctl', '--quiet', 'enable', unit, quiet=True)
    if is_active(unit) and started_with(unit, paths):
        print(f'{unit} runs with this configuration already')
        return False
    run('systemctl', 'reset-failed', unit, check=False)
    done = run('systemctl', 'restart', unit, check=False, seconds=300)
    if done.returncode != 0:
        raise Trouble(f'{unit} does not start:\n{last_words(unit)}')
    remember_start(unit, paths)
    print(f'{unit} was started')
    return True


def is_active(unit):
    return run('systemctl', '--quiet', 'is-active', unit, check=False).returncode == 0


def started_with(unit, paths):
    """Whether these files say what they said when the service was started."""
    try:
        with open(f'{STATE}/started/{unit}', encoding='utf-8') as file:
            return file.read() == digest(paths)
    except FileNotFoundError:
        return False


def remember_start(unit, paths):
    os.makedirs(f'{STATE}/started', exist_ok=True)
    with open(f'{STATE}/started/{unit}', 'w', encoding='utf-8') as file:
        file.write(digest(paths))


def last_words(unit):
    return run('journalctl', '--no-pager', '--lines', '20', '--unit', unit, check=False).stdout


def until(seconds, look, what):
    """Looks again and again until there is something; its deadline is `seconds` away, and then `what` is the complaint."""
    end = time.monotonic() + seconds
    pause = 0.25
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Trouble(f'{what() if callable(what) else what} (waited {seconds} s)')
        time.sleep(pause)
        pause = min(pause * 1.5, 3)


def takes_connections(address, port):
    try:
        with socket.create_connection((address, port), timeout=5):
            return True
    except OSError:
        return False


def once(name, key, work):
    """Does what takes long and has only to be done again when `key` is another: anything that JSON can write."""
    now = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
    record = f'{STATE}/done/{name}'
    with contextlib.suppress(FileNotFoundError):
        with open(record, encoding='utf-8') as file:
            if file.read() == now:
                print(f'{name}: done already')
                return
    work()
    os.makedirs(os.path.dirname(record), exist_ok=True)
    with open(record, 'w', encoding='utf-8') as file:
        file.write(now)


def version_of(package):
    if distribution() == 'redhat':
        return run('rpm', '--query', package, check=False).stdout
    return run('dpkg-query', '--show', '--showformat=${Version}', package, check=False).stdout


# --- databases --------------------------------------------------------------------------------------------------------------


def database_admin(attribs):
    """A connection of the user who may make databases. A balancer finds a server that has just started a moment later."""
    import pymysql

    endpoint = one(attribs['database-endpoint'], 'where the database answers')
    password = attribs['database-admin-password']
    last = []

    def connection():
        try:
            return pymysql.connect(
                host=attribs.get('openstack-virtual-address') or endpoint['address'],
                port=endpoint['port'],
                user='anneal',
                password=one(password, 'the password of the database') if isinstance(password, list) else password,
                connect_timeout=10,
                autocommit=True,
            )
        except pymysql.MySQLError as trouble:
            last[:] = [trouble]
            return None

    return until(60, connection, lambda: f'the database does not let anneal sign on: {last[0]}')


@contextlib.contextmanager
def database_lock(connection, name, seconds=600):
    """
    Of several controllers one makes and migrates databases; the others wait for it, and find nothing left to do. A lock is
    held by the server that was asked, never by its cluster: all ask the same one, which is the one that writes.
    """
    with connection.cursor() as cursor:
        got = apart_from_cluster(cursor, 'SELECT GET_LOCK(%s, %s)', (f'anneal-{name}', seconds))
        if got != 1:
            raise Trouble(f'another node has held the databases of {name} for {seconds} s: see its run, then retry')
        try:
            yield
        finally:
            with contextlib.suppress(Exception):
                apart_from_cluster(cursor, 'SELECT RELEASE_LOCK(%s)', (f'anneal-{name}',))


def apart_from_cluster(cursor, statement, values):
    """A cluster refuses locks, since they would not hold in it; a session that is not of the cluster may have them."""
    cursor.execute('SELECT @@SESSION.wsrep_on')
    clustered = cursor.fetchone()[0] == 1
    if clustered:
        cursor.execute('SET SESSION wsrep_on = OFF')
    try:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]
    finally:
        if clustered:
            cursor.execute('SET SESSION wsrep_on = ON')


def make_databases(connection, databases, user, password):
    """Makes what is not there, and sets the password of its user. Names come from programs, never from attributes."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE USER IF NOT EXISTS '{user}'@'%%' IDENTIFIED BY %s", (password,))
        cursor.execute(f"ALTER USER '{user}'@'%%' IDENTIFIED BY %s", (password,))
        for database in databases:
            cursor.execute(f'CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8')
            cursor.execute(f"GRANT ALL ON `{database}`.* TO '{user}'@'%'")


# --- the APIs ---------------------------------------------------------------------------------------------------------------


class Answer(Exception):
    """An API that did not say yes."""

    def __init__(self, method, url, status, body):
        super().__init__(f'{method} {url} was answered with {status}: {body[:500]}')
        self.status = status


class Cloud:
    """One who has signed on, and the services as the catalog names them."""

    def __init__(self, attribs, user='admin', password=None, project='admin', interface='internal'):
        self.region = attribs['openstack-region']
        self.interface = interface
        self.keystone = one(attribs['keystone-endpoint'], 'where keystone answers')['url'].rstrip('/')
        if not self.keystone.endswith('/v3'):
            self.keystone += '/v3'
        if password is None:
            password = attribs['keystone-admin-password']
            password = one(password, "the administrator's password") if isinstance(password, list) else password
        scope = {'project': {'name': project, 'domain': {'name': DOMAIN}}}
        who = {'name': user, 'password': password, 'domain': {'name': DOMAIN}}
        body = {'auth': {'identity': {'methods': ['password'], 'password': {'user': who}}, 'scope': scope}}
        headers, answer = send('POST', f'{self.keystone}/auth/tokens', body)
        self.token = headers['X-Subject-Token']
        self.project_id = answer['token']['project']['id']
        self.catalog = answer['token']['catalog']

    def url(self, service):
        if service == 'identity':
            return self.keystone
        for entry in self.catalog:
            if entry['type'] == service:
                for endpoint in entry['endpoints']:
                    if endpoint['interface'] == self.interface and endpoint['region_id'] == self.region:
                        return endpoint['url'].rstrip('/')
        raise Trouble(f'the catalog has no {self.interface} endpoint of type {service} in {self.region}')

    def call(self, method, service, path, body=None, headers=None, seconds=ANSWER_SECONDS):
        """The answer's body as JSON, None when it has none. An answer that is not 2xx is raised."""
        return send(method, self.url(service) + path, body, {'X-Auth-Token': self.token, **(headers or {})}, seconds)[1]

    def get(self, service, path, **more):
        """Asked again where nothing was answered or a gateway answered: a question changes nothing (RFC 9110, 9.2.1)."""
        for left in reversed(range(GET_TRIES)):
            try:
                return self.call('GET', service, path, **more)
            except Answer as answer:
                if left == 0 or answer.status not in UNANSWERED:
                    raise
                time.sleep(GET_PAUSE_SECONDS)
        return None

    def post(self, service, path, body, **more):
        return self.call('POST', service, path, body, **more)


def send(method, url, body=None, headers=None, seconds=ANSWER_SECONDS):
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={'Accept': 'application/json', **(headers or {})})
    if data is not None and not request.has_header('Content-type'):
        request.add_header('Content-Type', 'application/json')
    try:
        # A proxy is for packages; the cloud is near.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=seconds) as answer:
            raw = answer.read()
            kind = answer.headers.get('Content-Type', '')
            return answer.headers, json.loads(raw) if raw and 'json' in kind else raw.decode('utf-8', 'replace') or None
    except urllib.error.HTTPError as error:
        raise Answer(method, url, error.code, error.read().decode('utf-8', 'replace')) from None
    except OSError as error:
        raise Answer(method, url, 0, str(error)) from None


def answers(url):
    """Whether something speaks HTTP there and is not in trouble: any answer below 500."""
    try:
        send('GET', url, seconds=10)
        return True
    except Answer as answer:
        return 0 < answer.status < 500


def until_answers(url, unit, seconds=120):
    until(seconds, lambda: answers(url), lambda: f'{url} does not answer; the last words of {unit}:\n{last_words(unit)}')


def register(attribs, user, password, kind, name, url, description='', roles=('admin', 'service')):
    """
    Makes the user of a service with its roles in the project `service`, the service and its three endpoints; changes what
    is there and differs, and leaves the rest alone.
    """
    cloud = until(60, lambda: signed_on(attribs), 'keystone does not let the administrator sign on')
    leave_to_first(attribs, cloud, kind)
    project = ensure_project(cloud, 'service')
    there = named(cloud, 'users', user)
    if there is None:
        body = {'user': {'name': user, 'password': password, 'domain_id': 'default', 'default_project_id': project['id']}}
        there = cloud.post('identity', '/users', body)['user']
        print(f'user {user} was made')
    elif not can_sign_on(attribs, user, password):
        cloud.call('PATCH', 'identity', f'/users/{there["id"]}', {'user': {'password': password}})
        print(f'user {user} has a new password')
    for role in roles:
        ensure_role(cloud, role)
        found = named(cloud, 'roles', role)
        cloud.call('PUT', 'identity', f'/projects/{project["id"]}/users/{there["id"]}/roles/{found["id"]}')
    if kind is not None:
        ensure_endpoints(cloud, kind, name, url, description)
    return Cloud(attribs, user, password, 'service')


def leave_to_first(attribs, cloud, kind):
    """
    Several controllers come to this at the same time, and an endpoint made twice is there twice. The others let the first
    one make it; where it does not come to it, because its node is away, they do it themselves after a while.
    """
    together = values(attribs.get('openstack-controller-address') or [])
    if kind is None or len(together) < 2 or own_address() == together[0]:
        return
    with contextlib.suppress(Trouble):
        until(90, lambda: has_endpoints(cloud, kind), f'{together[0]} has not made the endpoints of {kind}')


def has_endpoints(cloud, kind):
    services = cloud.get('identity', f'/services?type={kind}')['services']
    return bool(services) and len(cloud.get('identity', f'/endpoints?service_id={services[0]["id"]}')['endpoints']) >= 3


def ensure_project(cloud, name):
    there = named(cloud, 'projects', name)
    if there is None:
        try:
            return cloud.post('identity', '/projects', {'project': {'name': name, 'domain_id': 'default'}})['project']
        except Answer as answer:
            # Another controller was quicker.
            if answer.status != 409:
                raise
            there = named(cloud, 'projects', name)
    return there


def signed_on(attribs):
    try:
        return Cloud(attribs)
    except Answer as answer:
        print(answer)
        return None


def can_sign_on(attribs, user, password):
    try:
        Cloud(attribs, user, password, 'service')
        return True
    except Answer as answer:
        if answer.status == 401:
            return False
        raise


def named(cloud, kind, name):
    found = cloud.get('identity', f'/{kind}?name={urllib.parse.quote(name)}')[kind]
    return found[0] if found else None


def ensure_role(cloud, name):
    if named(cloud, 'roles', name) is None:
        try:
            cloud.post('identity', '/roles', {'role': {'name': name}})
        except Answer as answer:
            if answer.status != 409:
                raise


def ensure_endpoints(cloud, kind, name, url, description):
    found = cloud.get('identity', f'/services?type={kind}')['services']
    service = found[0] if found else cloud.post('identity', '/services', {'service': {'type': kind, 'name': name, 'description': description}})['service']
    there = cloud.get('identity', f'/endpoints?service_id={service["id"]}')['endpoints']
    for interface in ('public', 'internal', 'admin'):
        same = [each for each in there if each['interface'] == interface and each['region_id'] == cloud.region]
        body = {'endpoint': {'interface': interface, 'region_id': cloud.region, 'service_id': service['id'], 'url': url}}
        if not same:
            cloud.post('identity', '/endpoints', body)
            print(f'{kind} {interface} is at {url}')
        elif same[0]['url'] != url:
            cloud.call('PATCH', 'identity', f'/endpoints/{same[0]["id"]}', body)
            print(f'{kind} {interface} is at {url} now')
        for extra in same[1:]:
            cloud.call('DELETE', 'identity', f'/endpoints/{extra["id"]}')


def with_lock(attribs, name):
    """Holds the databases' lock of that name: for what only one of several controllers may do at a time."""
    stack = contextlib.ExitStack()
    connection = stack.enter_context(contextlib.closing(database_admin(attribs)))
    stack.enter_context(database_lock(connection, name))
    return stack
