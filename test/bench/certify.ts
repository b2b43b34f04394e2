import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  RecordedCertifications,
  SystemClock,
  type CertificationId,
  type NodeSession,
  type Reach,
  type UnitOfWork,
} from '#app';
import {
  accessOf,
  asSuiteTest,
  describeCloud,
  gatherOutcomes,
  idOf,
  isRefusal,
  printTempestConf,
  renderTempestConf,
  SubunitDecoder,
  type JsonObject,
  type NodeId,
} from '#core';
import { TempestJig } from '#jigs';
import { SshSession } from '#machine';
import { freshDatabase, startTestServices } from '#runtime';
import { modelStores, openDatabase, PgUnitOfWork, TimeOrderedIds } from '#store';
import { stageRun, startFakeCloud, startSshd, writeFakeTempest } from '#testkit';
import type { Bench, BenchResult } from './bench.js';
import { inPairs, middleOf, overheadsOf } from './in-pairs.js';

/**
 * What a certification costs over the bare suite: `tempest run --load-list` of a list on the tester node, its stream into a
 * file there, beside the same list run by the tempest jig with the book over rows, from the order to the verdict. Both are
 * done in pairs, in turns first, and every test of the list has to have ended in each: one that broke off was not quick.
 * Before the first pair one test is run as a certification, which is not measured: it warms the cloud up, and what it finds
 * out of it is told to the bare suite, so that both have the same configuration. Without
 * `--cloud` the suite is one that waits instead of testing, as many seconds as it is told, which is the hardest case: it
 * leaves nothing to hide behind.
 */
interface Place {
  readonly session: NodeSession;
  readonly node: Reach;
  readonly attribs: JsonObject;
  readonly list: readonly string[];
  /** What stands before PATH on the node. */
  readonly path: string | null;
  readonly folder: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the cloud said of itself in our run, for the bare one to be told the same. */
  seen?: JsonObject | null;
  close(): Promise<void>;
}

const TESTS = 120;
const TEST_MS = 1_000;
const WORKERS = 2;
/** Even, so that each way is first as often as the other. */
const PAIRS = 2;

const option = (args: readonly string[], name: string): string | undefined => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
};

/** A suite that waits, on this computer, over a real sshd. */
const fakePlace = async (args: readonly string[], workers: number): Promise<Place> => {
  const tests = Number(option(args, 'tests') ?? TESTS);
  const testMs = Number(option(args, 'test-ms') ?? TEST_MS);
  const folder = mkdtempSync('/var/tmp/anneal-bench-certify-');
  const sshd = await startSshd();
  const cloud = await startFakeCloud();
  const suite = writeFakeTempest(folder);
  suite.replay({ testMs, workers });
  const session = new SshSession({ privateKey: { path: sshd.privateKeyPath }, user: sshd.user });
  return {
    session,
    node: reachOf('127.0.0.1', sshd.port, sshd.hostKey),
    attribs: { 'keystone-endpoint': { url: cloud.identityUrl }, 'keystone-admin-password': cloud.password },
    list: Array.from({ length: tests }, (_, index) => `tempest.api.identity.Bench.test_${index}[id-${index}]`),
    path: suite.path,
    folder,
    settings: { suite: 'one that waits', tests, test_ms: testMs, workers },
    close: async () => {
      await session.close();
      await cloud.close();
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A cloud and its tester: `--cloud` is a JSON file of attributes, as openstack-certify wants them. */
const realPlace = async (args: readonly string[], workers: number): Promise<Place> => {
  const need = (name: string): string => {
    const value = option(args, name);
    if (value === undefined)
      throw new Error(
        `with --cloud, --${name} is needed: bench certify --cloud FILE --list FILE --tester ADDRESS --key FILE`,
      );
    return value;
  };
  const list = readFileSync(need('list'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const session = new SshSession({ privateKey: { path: need('key') } });
  const unpinned = reachOf(need('tester'), Number(option(args, 'port') ?? 22), null);
  const offered = await session.hostKey(unpinned, 10_000);
  if (offered.kind !== 'offered') throw new Error(offered.reason);
  return {
    session,
    node: { ...unpinned, hostKey: offered.hostKey },
    attribs: JSON.parse(readFileSync(need('cloud'), 'utf8')) as JsonObject,
    list,
    path: null,
    folder: '/var/tmp/anneal-bench-certify',
    settings: { suite: 'tempest', tests: list.length, workers },
    close: () => session.close(),
  };
};

const reachOf = (address: string, sshPort: number, hostKey: string | null): Reach => ({
  nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000001'),
  ...{ name: 'tester.bench', address, sshPort, hostKey },
});

/**
 * The suite by itself, its stream into a file beside it. Its folder is made before the clock runs, and keeps, as ours does,
 * how long each test took before: by that the suite divides them among its workers.
 */
const bare = async (place: Place, workers: number): Promise<Measured> => {
  const access = accessOf(place.attribs);
  if (typeof access === 'string') throw new Error(access);
  // With what our own look finds, so that both are told the same of the cloud.
  const cloud = describeCloud({ access, attribs: place.attribs, seen: place.seen ?? {}, planned: {} });
  const folder = `${place.folder}/bare`;
  const conf = printTempestConf(renderTempestConf(cloud, { secret: folder }), { masked: false });
  await exec(place, ['mkdir', '-p', folder]);
  await place.session.upload(place.node, `${folder}/tempest.conf`, conf);
  await place.session.upload(place.node, `${folder}/load-list`, place.list.map((id) => `${id}\n`).join(''));
  await exec(place, ['bash', '-c', PREPARE, 'bench', folder, place.path ?? '']);
  const begun = performance.now();
  await exec(place, ['bash', '-c', BARE, 'bench', folder, place.path ?? '', String(workers)]);
  const seconds = (performance.now() - begun) / 1_000;
  const { notRun, passed } = await bareEnds(place, folder);
  if (notRun > 0) throw new Error(`the bare suite left ${notRun} of ${place.list.length} tests out`);
  return { seconds, passed };
};

/** How the tests of the bare suite ended, by its stream. */
const bareEnds = async (place: Place, folder: string): Promise<{ notRun: number; passed: number }> => {
  const said = await exec(place, ['base64', '-w', '76', `${folder}/out.subunit`]);
  const decoder = new SubunitDecoder();
  const items = [...decoder.push(Buffer.from(said.join(''), 'base64')), ...decoder.finish()];
  const packets = items.flatMap((item) => (item.kind === 'packet' ? [item.packet] : []));
  const { outcomes } = gatherOutcomes(place.list.map(asSuiteTest), packets, 'the suite ended');
  const count = (wanted: string): number => outcomes.filter(({ status }) => status === wanted).length;
  return { notRun: count('not-run'), passed: count('passed') };
};

const PREPARE = `cd "$1"; export PATH="$2\${2:+:}$PATH"; mkdir -p lock; read -r shebang <"$(command -v tempest)"
top=$(\${shebang#'#!'} -c 'import importlib.util; print(importlib.util.find_spec("tempest").submodule_search_locations[0])')
printf '[DEFAULT]\\ntest_path=%s/test_discover\\ntop_dir=%s\\ngroup_regex=([^\\\\.]*\\\\.)*\\n' "$top" "$top" >.stestr.conf; [ -d .stestr ] || stestr init`;
const BARE = `cd "$1"; export PATH="$2\${2:+:}$PATH"
tempest run --config-file tempest.conf --load-list load-list --subunit --concurrency "$3" >out.subunit </dev/null || [ $? -eq 1 ]`;

/** Its lines; trouble with what it said of it. */
const exec = async ({ session, node }: Place, argv: readonly string[]): Promise<string[]> => {
  const said: string[] = [];
  const complained: string[] = [];
  const end = await session.exec(node, argv, {
    onLine: (stream, line) => void (stream === 'err' ? complained : said).push(line),
  });
  if (end.kind !== 'exited' || end.exitCode !== 0)
    throw new Error(`${argv[0]} on the tester: ${JSON.stringify(end)} ${complained.join('\n')}`);
  return said;
};

interface Measured {
  readonly seconds: number;
  readonly passed: number;
}

/** The same list as a certification, from the order to the end in the book. */
const ours = async (place: Place, workers: number, list: readonly string[] = place.list): Promise<Measured> => {
  const database = await freshDatabase('bench-certify');
  const dataSource = await openDatabase({ url: database.url, connectionsMax: 4 });
  try {
    const unitOfWork = new PgUnitOfWork(dataSource, modelStores);
    const ids = new TimeOrderedIds();
    const book = new RecordedCertifications({ unitOfWork, ids, clock: new SystemClock() });
    const certification = await order(unitOfWork, ids, list, workers);
    const run = stageRun({ node: place.node, attribs: { ...place.attribs, 'certify-order': { certification } } });
    const folders = { state: `${place.folder}/state`, run: `${place.folder}/run` };
    const jig = new TempestJig({
      session: place.session,
      book,
      ...(place.path === null ? {} : { path: place.path }),
      folders: () => folders,
    });
    const begun = performance.now();
    const outcome = await jig.run(run);
    const seconds = (performance.now() - begun) / 1_000;
    if (outcome.kind !== 'succeeded') throw new Error(`${JSON.stringify(outcome)}\n${run.text().join('\n')}`);
    const found = await unitOfWork.read((tx) => tx.certifications.find(certification));
    if (!found || isRefusal(found) || found.counts.notRun > 0)
      throw new Error(`not all was run: ${JSON.stringify(found?.counts)}`);
    place.seen = found.inputs?.cloud ?? null;
    return { seconds, passed: found.counts.passed };
  } finally {
    await dataSource.destroy();
    await database.drop();
  }
};

const order = async (
  unitOfWork: UnitOfWork,
  ids: TimeOrderedIds,
  list: readonly string[],
  concurrency: number,
): Promise<CertificationId> => {
  const id = ids.next<CertificationId>();
  await unitOfWork.write('bench', async (tx) => {
    await tx.certifications.insert({
      ...{
        id,
        parentId: null,
        rootId: id,
        state: 'planned',
        target: 'deployment',
        cloud: 'bench',
        deploymentId: null,
        endpoint: null,
      },
      ...{
        accessSealed: null,
        nodeRoleId: null,
        tester: null,
        goals: [],
        scope: { kind: 'everything' },
        concurrency,
        settings: {},
      },
      ...{ note: '', facts: { release: null, hypervisor: null, simulated: [] }, createdBy: 'bench' },
    });
    await tx.certifications.update(id, { loadList: list });
    return null;
  });
  return id;
};

export const certifyBench: Bench = {
  name: 'certify',
  says: 'a list of tests as a certification, beside bare `tempest run` [--pairs N] [--workers N] [--tests N --test-ms MS | --cloud FILE --list FILE --tester ADDRESS --key FILE]',
  rounds: 1,
  async round(args, progress): Promise<BenchResult> {
    const workers = Number(option(args, 'workers') ?? WORKERS);
    const pairs = Number(option(args, 'pairs') ?? PAIRS);
    if (!(pairs >= 1)) throw new Error('--pairs is how often both are done, one or more');
    const services = await startTestServices();
    const place = await (option(args, 'cloud') === undefined ? fakePlace(args, workers) : realPlace(args, workers));
    try {
      await ours(place, workers, place.list.slice(0, 1));
      const passed: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
      const measured = (way: 'ours' | 'bare', run: () => Promise<Measured>) => async (pair: number) => {
        const { seconds, passed: count } = await run();
        passed[way].push(count);
        const what = way === 'ours' ? 'as a certification' : 'bare';
        progress(`pair ${pair}, ${what}: ${seconds.toFixed(2)} s, ${count} of ${place.list.length} passed`);
        return seconds;
      };
      const done = await inPairs(
        pairs,
        measured('ours', () => ours(place, workers)),
        measured('bare', () => bare(place, workers)),
      );
      const overheads = overheadsOf(done);
      progress(`overhead: ${overheads.map((percent) => `${percent.toFixed(2)} %`).join(', ')}`);
      return {
        metrics: {
          ours_s: middleOf(done.map((pair) => pair.ours)),
          bare_s: middleOf(done.map((pair) => pair.peer)),
          overhead_percent: middleOf(overheads),
          overhead_worst_percent: Math.max(...overheads),
        },
        settings: { ...place.settings, pairs, passed_ours: passed.ours, passed_bare: passed.bare },
      };
    } finally {
      await place.close();
      await services.stop();
    }
  },
};
