"""Writes what the web interface is told and its site, and starts Apache."""
import os
import shutil

import anneal_cloud as cloud
import settings


def give_keys(path, user):
    """The key that root's command made, a file or a folder of one, is for those who serve, which run as another user."""
    if not os.path.exists(path):
        return
    within = [entry.path for entry in os.scandir(path)] if os.path.isdir(path) else []
    for each in [path, *within]:
        shutil.chown(each, user, user)


def work():
    attribs, names, address = cloud.read_attribs(), cloud.names(), cloud.own_address()
    port = attribs['horizon-port']
    cloud.put(names['settings'], settings.local_settings(attribs), group=names['user'])
    cloud.put(names['site'], settings.site(names, address, port), mode=0o644)
    with open(names['ports'], encoding='utf-8') as file:
        ports = settings.listening(file.read(), address, port)
    cloud.put(names['ports'], ports, mode=0o644)
    for path in names['off']:
        if os.path.lexists(path):
            os.unlink(path)
            print(f'{path} makes way')
    cloud.make_folder(names['log'], mode=0o755)
    # Pages name their scripts and styles by a digest that follows from the settings, so these are put together anew.
    key = [settings.local_settings(attribs), cloud.version_of(names['packages'][0])]
    command = ['python3', names['manage'], 'compress', '--force']
    cloud.once('horizon-pages', key, lambda: cloud.run(*command, seconds=600, quiet=True))
    give_keys(names['keys'], names['user'])
    pages = f'{names["static"]}/dashboard/manifest.json'
    cloud.serve(names['service'], [names['settings'], names['site'], names['ports'], pages])


cloud.main(work)
