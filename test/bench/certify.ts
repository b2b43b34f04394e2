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
  describeCloud,
  idOf,
  isRefusal,
  printTempestConf,
  renderTempestConf,
  type JsonObject,
  type NodeId,
} from '#core';
import { TempestJig } from '#jigs';
import { SshSession } from '#machine';
import { freshDatabase, startTestServices } from '#runtime';
import { modelStores, openDatabase, PgUnitOfWork, TimeOrderedIds } from '#store';
import { stageRun, startFakeCloud, startSshd, writeFakeTempest } from '#testkit';
import type { Bench, BenchResult } from './bench.js';

/**
 * What a certification costs over the bare suite: `tempest run --load-list` of a list on the tester node, its stream into a
 * file there, beside the same list run by the tempest jig with the book over rows, from the order to the verdict. Without
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
  close(): Promise<void>;
}

const TESTS = 120;
const TEST_MS = 1_000;
const WORKERS = 2;

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

/** The suite by itself, its stream into a file beside it; gives the seconds. Its folder is made before the clock runs. */
const bare = async (place: Place, workers: number): Promise<number> => {
  const access = accessOf(place.attribs);
  if (typeof access === 'string') throw new Error(access);
  // With what our own look finds, so that both are told the same of the cloud.
  const cloud = describeCloud({ access, attribs: place.attribs, seen: SEEN.last ?? {}, planned: {} });
  const folder = `${place.folder}/bare`;
  const conf = printTempestConf(renderTempestConf(cloud, { secret: folder }), { masked: false });
  await exec(place, ['mkdir', '-p', folder]);
  await place.session.upload(place.node, `${folder}/tempest.conf`, conf);
  await place.session.upload(place.node, `${folder}/load-list`, place.list.map((id) => `${id}\n`).join(''));
  await exec(place, ['bash', '-c', PREPARE, 'bench', folder, place.path ?? '']);
  const begun = performance.now();
  await exec(place, ['bash', '-c', BARE, 'bench', folder, place.path ?? '', String(workers)]);
  return (performance.now() - begun) / 1_000;
};

const PREPARE = `cd "$1"; export PATH="$2\${2:+:}$PATH"; rm -rf .stestr; mkdir -p lock; read -r shebang <"$(command -v tempest)"
top=$(\${shebang#'#!'} -c 'import importlib.util; print(importlib.util.find_spec("tempest").submodule_search_locations[0])')
printf '[DEFAULT]\\ntest_path=%s/test_discover\\ntop_dir=%s\\ngroup_regex=([^\\\\.]*\\\\.)*\\n' "$top" "$top" >.stestr.conf; stestr init`;
const BARE = `cd "$1"; export PATH="$2\${2:+:}$PATH"
tempest run --config-file tempest.conf --load-list load-list --subunit --concurrency "$3" >out.subunit </dev/null || [ $? -eq 1 ]`;

const exec = async ({ session, node }: Place, argv: readonly string[]): Promise<void> => {
  const said: string[] = [];
  const end = await session.exec(node, argv, { onLine: (stream, line) => void (stream === 'err' && said.push(line)) });
  if (end.kind !== 'exited' || end.exitCode !== 0)
    throw new Error(`${argv[0]} on the tester: ${JSON.stringify(end)} ${said.join('\n')}`);
};

/** What the cloud said in our run, for the bare one to be told the same. */
const SEEN: { last: JsonObject | null } = { last: null };

/** The same list as a certification, from the order to the end in the book; gives the seconds. */
const ours = async (place: Place, workers: number): Promise<number> => {
  const database = await freshDatabase('bench-certify');
  const dataSource = await openDatabase({ url: database.url, connectionsMax: 4 });
  try {
    const unitOfWork = new PgUnitOfWork(dataSource, modelStores);
    const ids = new TimeOrderedIds();
    const book = new RecordedCertifications({ unitOfWork, ids, clock: new SystemClock() });
    const certification = await order(unitOfWork, ids, place.list, workers);
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
    SEEN.last = found.inputs?.cloud ?? null;
    return seconds;
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
  says: 'a list of tests as a certification, beside bare `tempest run` [--tests N --test-ms MS | --cloud FILE --list FILE --tester ADDRESS --key FILE]',
  rounds: 1,
  async round(args, progress): Promise<BenchResult> {
    const workers = Number(option(args, 'workers') ?? WORKERS);
    const services = await startTestServices();
    const place = await (option(args, 'cloud') === undefined ? fakePlace(args, workers) : realPlace(args, workers));
    try {
      const oursSeconds = await ours(place, workers);
      progress(`as a certification: ${oursSeconds.toFixed(2)} s`);
      const bareSeconds = await bare(place, workers);
      progress(`bare: ${bareSeconds.toFixed(2)} s`);
      return {
        metrics: { ours_s: oursSeconds, bare_s: bareSeconds, overhead_percent: (oursSeconds / bareSeconds - 1) * 100 },
        settings: place.settings,
      };
    } finally {
      await place.close();
      await services.stop();
    }
  },
};
