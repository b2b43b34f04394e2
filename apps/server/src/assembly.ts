import { join } from 'node:path';
import type { Provider } from '@nestjs/common';
import {
  AccessRecords,
  accessUseCases,
  BeginOperation,
  EnrolMachine,
  History,
  HostFacts,
  ImageBuilds,
  LabMachines,
  ImportShipped,
  ImportShippedBootenvs,
  InstallReports,
  ListOperations,
  NodeAt,
  ReadPackets,
  RecordedBmcs,
  SealedAttribs,
  ShowOperation,
  SystemClock,
  UnitOfWork,
  useCases,
  VETOES,
  type ShippedBarclamps,
} from '#app';
import { LiquidRenderer, ShippedBootenvFolder } from '#catalog';
import { ensureKeyPair, LocalHost, NodePower, SshSession } from '#machine';
import { JIGS } from '#jigs/described';
import { Dhcp4Probe, StoredImages } from '#netio';
import {
  accessStores,
  AjvValidator,
  modelStores,
  KeyFileSigner,
  openSecretBox,
  openDatabase,
  PgAccessRecords,
  PgHistory,
  PgNews,
  PgUnitOfWork,
  RandomOrderTokens,
  RandomSecrets,
  TimeOrderedIds,
} from '#store';
import { Argon2Hasher } from './auth/argon2-hasher.js';
import { HostFiles } from './auth/host-files.js';
import { LoginThrottle } from './auth/login-throttle.js';
import { NodeSecrets } from './auth/node-secrets.js';
import { EventFeed } from './feed/event-feed.js';
import { Audit } from './http/audit.js';
import { AuditedUnitOfWork } from './http/audited-unit-of-work.js';
import { Metrics, type Measured } from './http/metrics.js';
import { AttribValues } from './http/attribs/attrib-values.js';
import { Operations } from './http/operations/operations.js';
import { NoImageBuilds, SpawnedImageBuilds } from './images/spawned-image-builds.js';
import { LabProgram, NoLab } from './lab/lab-program.js';
import { HttpPacketReader } from './netboot/http-packet-reader.js';
import { Reading } from './http/reading.js';
import { LogReader } from './http/runs/log-reader.js';
import { ACCESS, MODEL } from './injected.js';
import type { ServerLog } from './server-log.js';

/** Connections of one server: one that listens for news is not counted. */
const CONNECTIONS_MAX = 16;

export type Assembly = Awaited<ReturnType<typeof assemble>>;

/** Puts the adapters behind the ports: which database, which chance, which clock. The only place that knows them all. */
export const assemble = async ({
  databaseUrl,
  home = null,
  files,
  program = null,
  lab = null,
  log,
}: {
  databaseUrl: string;
  /** Folder of this installation; null keeps no files. */
  home?: string | null;
  files: HostFiles;
  /** The command line tool of this installation, which builds and fetches images; null builds none here. */
  program?: string | null;
  /** The program of the lab beside it; null where there is none. */
  lab?: string | null;
  log: ServerLog;
}) => {
  const dataSource = await openDatabase({
    url: databaseUrl,
    applicationName: 'anneal server',
    connectionsMax: CONNECTIONS_MAX,
  });
  const ids = new TimeOrderedIds();
  const secrets = new NodeSecrets();
  const records = new PgAccessRecords(dataSource);
  const audit = new Audit(records, log);
  const unitOfWork = new AuditedUnitOfWork(
    new PgUnitOfWork(dataSource, (tx) => ({ ...modelStores(tx), ...accessStores(tx) })),
    audit,
  );
  const history = new PgHistory(dataSource);
  const feed = new EventFeed(history, new PgNews(databaseUrl), log);
  const access = accessUseCases({ unitOfWork, records, ids, hasher: new Argon2Hasher(), secrets });
  const box = openSecretBox(home);
  const sealed = new SealedAttribs(box, new RandomSecrets());
  const session = home === null ? null : new SshSession({ privateKey: { path: ensureKeyPair(home).privateKeyPath } });
  const power = new NodePower(new RecordedBmcs(unitOfWork, box), session);
  let listening: number | null = null;
  const model = useCases(unitOfWork, {
    ids,
    clock: new SystemClock(),
    schemas: new AjvValidator(),
    templates: new LiquidRenderer(),
    ...(home === null ? {} : { imageContents: new StoredImages(join(home, 'boot')) }),
    power,
    secrets: box,
    signer: new KeyFileSigner(home),
    sealed,
    apiPort: () => listening,
    vetoes: VETOES,
    jigs: JIGS,
  });
  const imageBuilds =
    home === null || program === null
      ? new NoImageBuilds()
      : new SpawnedImageBuilds({
          home,
          program,
          settings: async () => new Map((await model.listSettings.execute()).map(({ key, value }) => [key, value])),
          ids,
          log,
        });
  const injected: Provider[] = [
    { provide: UnitOfWork, useValue: unitOfWork },
    { provide: AccessRecords, useValue: records },
    { provide: History, useValue: history },
    { provide: NodeAt, useValue: new NodeAt({ unitOfWork, history }) },
    { provide: HostFacts, useValue: new LocalHost(home ?? '.', dhcpProbeBeside(model)) },
    { provide: ImageBuilds, useValue: imageBuilds },
    { provide: LabMachines, useValue: home === null || lab === null ? new NoLab() : new LabProgram(lab, home) },
    { provide: EventFeed, useValue: feed },
    {
      provide: EnrolMachine,
      useValue: new EnrolMachine({
        unitOfWork,
        ids,
        clock: new SystemClock(),
        vetoes: VETOES,
        schemas: new AjvValidator(),
        secrets,
        sealed,
      }),
    },
    {
      provide: InstallReports,
      useValue: new InstallReports({ unitOfWork, clock: new SystemClock(), tokens: new RandomOrderTokens() }),
    },
    { provide: ACCESS, useValue: access },
    { provide: MODEL, useValue: model },
    { provide: BeginOperation, useValue: new BeginOperation(unitOfWork, ids) },
    { provide: ShowOperation, useValue: new ShowOperation(unitOfWork) },
    { provide: ListOperations, useValue: new ListOperations(unitOfWork) },
    { provide: ReadPackets, useValue: new ReadPackets({ unitOfWork, packets: new HttpPacketReader() }) },
    AttribValues,
    LogReader,
    Operations,
    Reading,
    { provide: LoginThrottle, useValue: new LoginThrottle() },
    { provide: HostFiles, useValue: files },
  ];
  return {
    dataSource,
    unitOfWork,
    access,
    model,
    audit,
    records,
    secrets,
    feed,
    injected,
    importShippedBootenvs: new ImportShippedBootenvs({ unitOfWork, ids }, new ShippedBootenvFolder()),
    importShipped: (shipped: ShippedBarclamps) =>
      new ImportShipped({ unitOfWork, ids, jigs: JIGS, sealed, secrets: box }, shipped),
    metricsOf: (inFlight: Measured['inFlight']) =>
      new Metrics({
        inFlight,
        feed: () => feed.state,
        nodeRoles: () => unitOfWork.read(async (tx) => (await tx.runBook.tally()).counts),
      }),
    provide: (metrics: Metrics): Provider => ({ provide: Metrics, useValue: metrics }),
    /** Says on which port the server answers, for what is told to machines. */
    listensOn: (port: number): void => {
      listening = port;
    },
    start: () => feed.start(),
    stop: async (): Promise<void> => {
      await imageBuilds.stop();
      await feed.stop();
      await power.close();
      await session?.close();
      if (dataSource.isInitialized) await dataSource.destroy();
    },
  };
};

/** Our own netboot servers answer too, and are no news. */
const dhcpProbeBeside = (model: ReturnType<typeof useCases>) =>
  new Dhcp4Probe({
    own: async () => (await model.listNetbootServers.execute()).flatMap(({ addresses }) => addresses),
  });
