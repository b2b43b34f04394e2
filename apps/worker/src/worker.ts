import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  CarryRuns,
  Engine,
  FinishRun,
  HEARTBEAT_MS,
  Leadership,
  LogBuffer,
  Periodic,
  PROBE_PERIOD_MS,
  QUEUE_LOOK_PERIOD_MS,
  RescueRuns,
  RESCUE_PERIOD_MS,
  sealOutputsWith,
  SystemClock,
  WatchNodes,
  WatchQueue,
  type EngineRecords,
  type IdSource,
  type Jig,
  type JobQueue,
  type LeaseLimits,
  type Log,
  type LoopStatus,
  type News,
  type NodeSession,
  type NodeWatch,
  type Receiver,
  type RunLog,
  type SealedAttribs,
  type StageRuns,
  type StoreOutputs,
  type UnitOfWork,
} from '#app';
import { RESCUE_LIMITS, type RescueLimits } from '#core';

/** Envelopes that are being taken on at the same time. */
const HANDLERS_MAX = 4;

/** A loop that only the leader runs, beside those that belong to every worker. */
export interface LeaderLoop {
  readonly name: string;
  readonly periodMs: number;
  readonly work: () => Promise<unknown>;
  /** Whether it also looks whenever something was committed. */
  readonly onNews?: boolean;
  /** Rest between two turns, in milliseconds, so that a busy history costs it some looks a second and not one a commit. */
  readonly restMs?: number;
}

export interface WorkerParts {
  readonly unitOfWork: UnitOfWork;
  readonly records: EngineRecords;
  readonly queue: JobQueue;
  readonly news: News;
  readonly runLog: RunLog;
  readonly ids: IdSource;
  readonly log: Log;
  readonly jigs: readonly Jig[];
  readonly stage: StageRuns;
  readonly storeOutputs: StoreOutputs;
  /** Opens the secrets of inputs and seals those of outputs. */
  readonly sealed?: SealedAttribs;
  /** Absent where no machine is reached, as in simulations. */
  readonly liveness?: { readonly watch: NodeWatch; readonly session: NodeSession };
  readonly leaderLoops?: readonly LeaderLoop[];
  readonly rescueLimits?: RescueLimits;
  /** Other limits than an installation has; shorter ones let a test see sooner what follows from them. */
  readonly lease?: LeaseLimits;
  readonly heartbeatLostMs?: number;
  /** Runs that this worker carries out at once, and envelopes that it takes on at once, at the most. */
  readonly runsMax?: number;
  readonly handlersMax?: number;
  /** Every run goes through the queue, also those that the worker which plans them could carry itself. For tests of queues. */
  readonly byQueueAlone?: boolean;
}

export interface RunningWorker {
  readonly id: string;
  /** Whether this process plans. */
  leads(): boolean;
  /** Runs that it carries out now. */
  carries(): number;
  loops(): LoopStatus[];
  stop(): Promise<void>;
}

/**
 * The engine process: takes runs from the queue and carries them out, and, where it leads, plans them and looks after
 * what nobody looks after. Any number of these work side by side.
 */
export const startWorker = async (parts: WorkerParts): Promise<RunningWorker> => {
  const id = randomUUID();
  const { records, unitOfWork, queue, log } = parts;
  const rescueLimits = parts.rescueLimits ?? RESCUE_LIMITS;
  const clock = new SystemClock();
  let workers = 1;

  const finishRun = new FinishRun(unitOfWork, clock, parts.storeOutputs, sealOutputsWith(parts.sealed));
  const engine = new Engine({
    unitOfWork,
    records,
    queue,
    ids: parts.ids,
    clock,
    stage: parts.stage,
    finishRun,
    log,
    workers: () => workers,
    here: () => {
      const room = parts.byQueueAlone ? null : carrier.room();
      return room && { ...room, workerId: id, workers };
    },
    carry: (runs) => carrier.take(runs),
  });
  const logBuffer = new LogBuffer(parts.runLog, log);
  const jigs = new Map(parts.jigs.map((jig) => [jig.name, jig]));
  const carrier: CarryRuns = new CarryRuns({
    workerId: id,
    records,
    unitOfWork,
    engine,
    finishRun,
    jigs,
    logBuffer,
    log,
    sealed: parts.sealed,
    heartbeatLostMs: parts.heartbeatLostMs,
    runsMax: parts.runsMax,
  });

  const rescue = new RescueRuns(records, unitOfWork, finishRun, queue, () => workers, log, rescueLimits);
  const leaderLoops: { loop: Periodic; onNews: boolean }[] = [
    { loop: new Periodic('rescue', RESCUE_PERIOD_MS, () => rescue.execute(), log), onNews: false },
    ...(parts.leaderLoops ?? []).map(({ name, periodMs, work, onNews, restMs }) => ({
      loop: new Periodic(name, periodMs, work, log, restMs),
      onNews: onNews ?? false,
    })),
  ];
  if (parts.liveness) {
    const watch = new WatchNodes(parts.liveness.watch, parts.liveness.session, unitOfWork);
    leaderLoops.push({ loop: new Periodic('liveness', PROBE_PERIOD_MS, () => watch.execute(), log), onNews: false });
  }

  let leading = false;
  const leadership = new Leadership(
    records,
    id,
    (lease) => {
      engine.lead(lease);
      for (const { loop } of leaderLoops) {
        if (lease && !leading) loop.start();
        if (!lease && leading) void loop.stop();
      }
      leading = lease !== null;
    },
    log,
    parts.lease,
  );
  const watchQueue = new WatchQueue(queue);
  const queueLoop = new Periodic('queue', QUEUE_LOOK_PERIOD_MS, () => watchQueue.execute(), log);
  // Those of the leader are listed while it leads: elsewhere they do not turn.
  const loops = (): LoopStatus[] => [
    ...(leading ? [engine.status, ...leaderLoops.map(({ loop }) => loop.status)].filter((each) => each !== null) : []),
    ...[heartbeat.status, leadership.status, queueLoop.status, logBuffer.status],
  ];
  const heartbeat: Periodic = new Periodic(
    'heartbeat',
    HEARTBEAT_MS,
    async () => {
      await carrier.heartbeat({ queue: watchQueue.status, loops: loops() });
      workers = Math.max(1, await records.liveWorkers(rescueLimits.silenceMsMax));
    },
    log,
  );

  await records.enrolWorker({ id, host: hostname(), pid: process.pid });
  logBuffer.start();
  heartbeat.start();
  queueLoop.start();
  engine.start(() => leadership.lost());
  const listening = await parts.news.listen((last) => {
    engine.news(last);
    if (leading) for (const { loop, onNews } of leaderLoops) if (onNews) loop.nudge();
  });
  const receiver: Receiver = await queue.receive((envelope) => carrier.accept(envelope), {
    handlersMax: parts.handlersMax ?? HANDLERS_MAX,
  });
  leadership.start();
  log.info('worker is up', { worker: id, jigs: [...jigs.keys()] });

  return {
    id,
    leads: () => leading,
    carries: () => carrier.count,
    loops,
    stop: async () => {
      // Not waited for yet: a queue that is away would hold up what comes next.
      const queueLeft = queueLoop.stop();
      await leadership.stop();
      for (const { loop } of leaderLoops) await loop.stop();
      await carrier.stop();
      await receiver.close();
      await listening.close();
      await engine.stop();
      await heartbeat.stop();
      await queueLeft;
      await logBuffer.stop();
      await Promise.all(parts.jigs.map((jig) => jig.close()));
      // Gone from the list, its runs are given to others at once.
      await records.dismissWorker(id);
      log.info('worker has stopped', { worker: id });
    },
  };
};
