"""Has the installed suite list its tests, and hands the list back: what a guideline asks for is looked up in it."""
import hashlib
import importlib.util
import os
import re

import anneal_cloud as cloud

WORKSPACE = '/var/lib/anneal/tempest-suite'
# A name, and in brackets its attributes, the id among them; a scenario of the test may follow in parentheses.
TEST = re.compile(r'^(tempest[\w.]*)\.(\w+(?:\[[^\]]*\])?(?:\(.*\))?)$')


def version_of(package):
    if cloud.distribution() == 'redhat':
        return cloud.run('rpm', '--query', '--queryformat', '%{VERSION}-%{RELEASE}', package).strip()
    shown = cloud.run('dpkg-query', '--show', '--showformat', '${Version}', package).strip()
    # The epoch is the packagers' affair.
    return shown.split(':', 1)[-1]


def listed(discover):
    """Reading all modules of the suite takes some seconds. It needs no settings: none of its tests is run."""
    if discover is None:
        discover = os.path.join(os.path.dirname(importlib.util.find_spec('tempest').origin), 'test_discover')
    os.makedirs(WORKSPACE, exist_ok=True)
    os.chdir(WORKSPACE)
    top = os.path.dirname(os.path.dirname(discover))
    if not os.path.isdir('.stestr'):
        cloud.run('stestr', '--test-path', discover, '--top-dir', top, 'init')
    text = cloud.run('stestr', '--test-path', discover, '--top-dir', top, 'list', seconds=300, quiet=True)
    return [line.strip() for line in text.splitlines() if TEST.match(line.strip())]


def work():
    names = cloud.names()
    lines = listed(names['discover'])
    if not lines:
        raise cloud.Trouble('the suite lists no test: run "stestr list" on the node to see why')
    by_class = {}
    for line in lines:
        module, test = TEST.match(line).groups()
        by_class.setdefault(module, []).append(test)
    suite = {
        'name': 'tempest',
        'version': version_of(names['package']),
        'digest': hashlib.sha256(''.join(f'{line}\n' for line in lines).encode()).hexdigest(),
        'tests': by_class,
    }
    print(f'tempest {suite["version"]} has {len(lines)} tests in {len(by_class)} classes')
    cloud.write_output('tempest-suite', suite)


cloud.main(work)
