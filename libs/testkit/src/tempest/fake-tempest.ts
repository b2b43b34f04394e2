import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePacket, type SubunitPacket } from '#core';

/** Something the fake suite does, one after the other. */
export type SuiteStep =
  /** Writes bytes to its stream. */
  | { readonly bytes: Uint8Array }
  /** Waits for a file, so that a test decides how far it goes. */
  | { readonly gate: string }
  | { readonly delayMs: number }
  /** Writes a line to stderr. */
  | { readonly says: string }
  /** Dies of a signal. */
  | { readonly dies: 'KILL' };

export interface Replay {
  /** What it does for a test of its list, by full id; a test that is not here passes at once. */
  readonly tests?: Readonly<Record<string, readonly SuiteStep[]>>;
  /** Instead of anything of the list: a stream as it was recorded. */
  readonly whole?: readonly SuiteStep[];
  readonly exit?: number;
  /** Tests at a time; each worker takes every so many of the list. One when absent. */
  readonly workers?: number;
  /** Leaves a process behind that does not listen to TERM; its number goes to the file `pids` with the suite's own. */
  readonly stubborn?: boolean;
  /** How long a test takes that has no steps of its own. */
  readonly testMs?: number;
}

export interface FakeTempest {
  /** What stands before PATH for it to be found. */
  readonly path: string;
  /** The load lists that it was given, in order. */
  lists(): string[][];
  /** Its tempest.conf as it found it, with the mode of the file in octal. */
  conf(): { readonly text: string; readonly mode: string };
  replay(replay: Replay): void;
  /** Lets everybody pass who waits there. */
  openGate(name: string): void;
  readonly pidsPath: string;
}

/**
 * Programs `tempest` and `stestr` in a folder, which speak as the real ones do and test nothing: they play a stream back,
 * with pauses. They need Python 3, as the real ones do.
 */
export function writeFakeTempest(folder: string): FakeTempest {
  const path = join(folder, 'fake-tempest');
  mkdirSync(join(path, 'lib', 'tempest', 'test_discover'), { recursive: true });
  writeFileSync(join(path, 'lib', 'tempest', '__init__.py'), '');
  for (const name of ['tempest', 'stestr']) {
    writeFileSync(join(path, name), `#!/usr/bin/env -S PYTHONPATH=${path}/lib python3\n${PROGRAM}`);
    chmodSync(join(path, name), 0o755);
  }
  const read = (name: string): string => readFileSync(join(path, name), 'utf8');
  const replay = (given: Replay): void => writeFileSync(join(path, 'replay.json'), JSON.stringify(given, withBytes));
  replay({});
  return {
    path,
    replay,
    lists: () =>
      read('lists')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[]),
    conf: () => ({ text: read('conf'), mode: read('mode') }),
    openGate: (name) => writeFileSync(join(path, `gate-${name}`), ''),
    pidsPath: join(path, 'pids'),
  };
}

const withBytes = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;

/** A step that writes packets; bytes of a Buffer would be written as its own JSON. */
export const packets = (...given: readonly Partial<SubunitPacket>[]): SuiteStep => ({
  bytes: Uint8Array.from(given.flatMap((packet) => [...encodePacket(packet)])),
});

/** The packets of a test as Tempest's workers write them. */
export function testPackets(
  testId: string,
  status: 'success' | 'fail' | 'skip',
  given: { readonly worker?: string; readonly seconds?: number; readonly text?: string } = {},
): Partial<SubunitPacket>[] {
  const { worker = 'worker-0', seconds = 1, text } = given;
  const all = { testId, tags: [worker], runnable: true };
  const file = (name: string, mimeType: string) => ({
    ...all,
    mimeType,
    endOfFile: true,
    file: { name, content: new TextEncoder().encode(text) },
  });
  return [
    { ...all, status: 'inprogress', timestamp: { seconds: 1_800_000_000, nanoseconds: 0 } },
    ...(text === undefined
      ? []
      : [status === 'skip' ? file('reason', 'text/plain') : file('traceback', 'text/x-traceback')]),
    { ...all, status, timestamp: { seconds: 1_800_000_000 + seconds, nanoseconds: 0 } },
  ];
}

const PROGRAM = String.raw`
import base64, json, os, stat, struct, subprocess, sys, time, zlib

here = os.path.dirname(os.path.abspath(sys.argv[0]))
if os.path.basename(sys.argv[0]) == 'stestr':
    os.makedirs('.stestr')
    sys.exit(0)

option = lambda name: sys.argv[sys.argv.index(name) + 1]
with open(option('--load-list')) as file:
    ids = file.read().split('\n')[:-1]
with open(os.path.join(here, 'lists'), 'a') as file:
    file.write(json.dumps(ids) + '\n')
conf = option('--config-file')
with open(conf) as source, open(os.path.join(here, 'conf'), 'w') as file:
    file.write(source.read())
with open(os.path.join(here, 'mode'), 'w') as file:
    file.write(oct(stat.S_IMODE(os.stat(conf).st_mode)))
if not os.path.exists('.stestr.conf') or not os.path.isdir('.stestr'):
    sys.exit('this is no folder of stestr')
with open(os.path.join(here, 'replay.json')) as file:
    replay = json.load(file)

pids = open(os.path.join(here, 'pids'), 'a', buffering=1)
pids.write('%d\n' % os.getpid())
if replay.get('stubborn'):
    child = subprocess.Popen(['sh', '-c', "trap '' TERM; echo ready; while :; do sleep 613 & wait $!; done"], stdout=subprocess.PIPE)
    child.stdout.readline()
    pids.write('%d\n' % child.pid)

def write(data):
    os.write(1, data)

def number(value):
    if value < 64:
        return bytes([value])
    return struct.pack('>H', 0x4000 | value)

def packet(name, status, worker):
    text = lambda value: number(len(value)) + value
    now = time.time()
    body = struct.pack('>I', int(now)) + struct.pack('>I', 0xc0000000 | int(now % 1 * 1e9))
    body += text(name.encode()) + b'\x01' + text(b'worker-%d' % worker)
    length = 3 + 4 + len(body)
    length += 1 if length < 63 else 2
    data = b'\xb3' + struct.pack('>H', 0x2b80 | status) + number(length) + body
    return data + struct.pack('>I', zlib.crc32(data))

def play(steps):
    for step in steps:
        if 'bytes' in step:
            write(base64.b64decode(step['bytes']['base64']))
        elif 'gate' in step:
            while not os.path.exists(os.path.join(here, 'gate-' + step['gate'])):
                time.sleep(0.02)
        elif 'delayMs' in step:
            time.sleep(step['delayMs'] / 1000)
        elif 'says' in step:
            print(step['says'], file=sys.stderr, flush=True)
        else:
            os.kill(os.getpid(), 9)

def run(names, worker):
    for name in names:
        if name in replay.get('tests', {}):
            play(replay['tests'][name])
            continue
        write(packet(name, 2, worker))
        time.sleep(replay.get('testMs', 0) / 1000)
        write(packet(name, 3, worker))

if 'whole' in replay:
    play(replay['whole'])
else:
    workers = replay.get('workers', 1)
    children = []
    for worker in range(1, workers):
        child = os.fork()
        if child == 0:
            run(ids[worker::workers], worker)
            os._exit(0)
        children.append(child)
    run(ids[0::workers], 0)
    for child in children:
        os.waitpid(child, 0)
sys.exit(replay.get('exit', 0))
`;
