"""compile.py FILE: compiles the public Python modules of the packages that are named in it, on all processors.

A module that cannot be compiled is left as it is, as py3compile leaves it: some packages carry templates that only look
like modules.
"""
import concurrent.futures
import os
import py_compile
import subprocess
import sys

PUBLIC = '/usr/lib/python3/dist-packages/'
# So many modules are handed to a process at a time.
CHUNK = 64


def compile_one(path):
    try:
        py_compile.compile(path, doraise=True, quiet=2)
        return True
    except (py_compile.PyCompileError, OSError):
        return False


def modules_of(packages):
    if not packages:
        return []
    listed = subprocess.run(['dpkg-query', '--listfiles', *packages], capture_output=True, text=True, check=False).stdout
    return sorted({line for line in listed.splitlines() if line.startswith(PUBLIC) and line.endswith('.py')})


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as file:
        names = sorted({line.strip() for line in file if line.strip()})
    found = modules_of(names)
    if found:
        os.umask(0o022)
        with concurrent.futures.ProcessPoolExecutor() as pool:
            done = sum(pool.map(compile_one, found, chunksize=CHUNK))
        print(f'compiled {done} modules of {len(names)} packages')
