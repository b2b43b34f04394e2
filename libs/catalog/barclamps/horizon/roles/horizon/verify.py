"""The administrator logs in through the form, as a browser does; a page that merely loads proves nothing of keystone."""
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

import anneal_cloud as cloud

PATIENCE_SECONDS = 60


def browser():
    jar = http.cookiejar.CookieJar()
    handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)]
    return urllib.request.build_opener(*handlers)


def log_in(url, password):
    """The page after the form; a form again when the password was not taken."""
    pages = browser()
    with pages.open(f'{url}/auth/login/', timeout=PATIENCE_SECONDS) as answer:
        form = answer.read().decode('utf-8', 'replace')
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    if 'csrfmiddlewaretoken' not in fields:
        raise cloud.Trouble(f'{url} answers with something that is not the form of the web interface')
    # The page of one's own settings: the first page of others wants services that may not be in the catalog yet.
    fields |= {'username': 'admin', 'password': password, 'next': '/settings/'}
    request = urllib.request.Request(f'{url}/auth/login/', urllib.parse.urlencode(fields).encode(), {'Referer': f'{url}/auth/login/'})
    with pages.open(request, timeout=PATIENCE_SECONDS) as answer:
        return answer.geturl(), answer.read().decode('utf-8', 'replace')


def work():
    attribs, unit = cloud.read_attribs(), cloud.names()['service']
    own = cloud.url_of(cloud.own_address(), attribs['horizon-port'])
    cloud.until_answers(f'{own}/auth/login/', unit, 120)
    password = attribs['keystone-admin-password']
    try:
        where, page = log_in(own, password)
    except (urllib.error.URLError, OSError) as error:
        raise cloud.Trouble(f'{own} fails when somebody logs in: {error}; see the error log of {unit}') from None
    if 'name="password"' in page:
        raise cloud.Trouble(f'{own} does not let the administrator in: does keystone answer this node?')
    print(f'the administrator was let in, and came to {where}')
    cloud.write_output('horizon-endpoint', {'url': cloud.url_of(cloud.control_host(attribs), attribs['horizon-port'], '/')})


cloud.main(work)
