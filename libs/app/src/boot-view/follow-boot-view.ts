import {
  documentsOf,
  eventsSince,
  type BootView,
  type Landmark,
  type ViewChange,
  type ViewDocument,
  type ViewNetwork,
  type ViewRef,
  type ViewServices,
} from '#core';
import { SingleFlight } from '../engine/single-flight.js';
import type { KeepLinks } from '../netboot/keep-links.js';
import type { Log } from '../ports/log.js';
import type { News } from '../ports/news.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import type { ViewCopy } from '../ports/view-copy.js';
import type { ViewEvent } from '../ports/boot-view-store.js';
import { readDocuments, wholeView } from './read-documents.js';
import { withinDeadline } from './within-deadline.js';

/** How often the history is looked at when nobody says that there is news, in milliseconds: news may be lost. */
export const FOLLOW_PERIOD_MS = 1_000;
/** Events that one look takes in; the next look follows at once. */
const EVENTS_PER_LOOK = 2_000;
/** A look at the database that takes longer than this, in milliseconds, is given up: its connection may be dead. */
const LOOK_WITHIN_MS = 15_000;
/** A connection that hangs is left to the end of the process after this time, in milliseconds. */
const STOP_WITHIN_MS = 2_000;
/** How often a step that changes no document is written to the disk, in milliseconds. */
const QUIET_WRITE_MS = 2_000;
/** The limit where everything is read. */
const READ_ALL_WITHIN_MS = 120_000;

export interface FollowParts {
  readonly unitOfWork: UnitOfWork;
  readonly news: News;
  readonly copy: ViewCopy;
  readonly log: Log;
  /** What this process knows better than the rows: where it serves boot files, and how machines reach the API. */
  readonly ownServices?: () => Partial<ViewServices>;
  /** Which networks this server serves, where there may be others. */
  readonly links?: Pick<KeepLinks, 'settle' | 'nothingToKeep' | 'own' | 'wantsLook'>;
  /** Called when the copy on the disk has reached a generation. `isNews`: packets may now be answered differently. */
  readonly onKept?: (generation: number, isNews: boolean) => void;
}

export interface FollowStatus {
  readonly generation: number;
  /** Null while the database answers; else why it did not, and since when (milliseconds since 1970). */
  readonly away: { readonly why: string; readonly since: number } | null;
  /** Why the copy on the disk could not be written; null when it could. */
  readonly notKept: string | null;
  /** Times that everything was read. */
  readonly readAll: number;
}

type Look =
  | {
      readonly all: false;
      readonly landmark: Landmark;
      readonly changes: readonly ViewChange[];
      /** It was time to see who keeps which link, and all networks were read for that. */
      readonly links?: boolean;
      readonly more: boolean;
    }
  | {
      readonly all: true;
      readonly installation: string;
      readonly landmark: Landmark;
      readonly documents: readonly ViewDocument[];
    };

/**
 * Keeps a boot view up to date. It starts with the copy on the disk, so that packets are answered before the database
 * has been reached, follows the event history from where that copy stands, and reads again only what the events concern;
 * where the history cannot tell, it reads everything. What was taken in is on the disk before `onKept` is called. While
 * the database is away the view stays as it is.
 */
export class FollowBootView {
  private readonly flight = new SingleFlight(() => this.turn());
  private timer: NodeJS.Timeout | null = null;
  private listening: Promise<{ close(): Promise<void> } | null> = Promise.resolve(null);
  private installation = '';
  private landmark: Landmark = { seq: 0, at: null };
  private away: FollowStatus['away'] = null;
  private notKept: string | null = null;
  private readAll = 0;
  /** The copy on the disk misses something that the view has. */
  private isCopyBehind = false;
  private writtenAt = 0;
  private compacting: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: FollowParts,
    private readonly view: BootView,
  ) {}

  get status(): FollowStatus {
    return { generation: this.view.generation, away: this.away, notKept: this.notKept, readAll: this.readAll };
  }

  /** Takes in the copy on the disk. Returns whether there was one. */
  async loadCopy(): Promise<boolean> {
    const kept = await this.parts.copy.load();
    if (kept === null) return false;
    this.installation = kept.installation;
    this.landmark = kept.landmark;
    this.view.replace(this.own(kept.documents), kept.landmark.seq);
    return true;
  }

  /** Begins to follow, and goes on until `stop`. It waits for nothing: the database may be away for long. */
  start(): void {
    this.timer = setInterval(() => this.flight.nudge(), FOLLOW_PERIOD_MS);
    this.flight.nudge();
    this.listening = this.parts.news
      .listen(() => this.flight.nudge())
      .catch((cause: unknown) => {
        this.parts.log.error('nobody tells of news: the history is looked at every second', cause);
        return null;
      });
  }

  /** What this process knows better than the rows is another now. */
  ownServicesChanged(): void {
    const services: ViewDocument = { kind: 'services', id: 'services', body: this.view.services };
    this.view.apply([...this.own([services])], this.view.generation);
  }

  /** Looks now. */
  nudge(): void {
    this.flight.nudge();
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    await this.flight.stop();
    await withinDeadline(
      this.listening.then((listening) => listening?.close()),
      STOP_WITHIN_MS,
      'letting go of the news',
    ).catch(() => undefined);
    await this.compacting;
  }

  private async turn(): Promise<void> {
    for (;;) {
      const look = await this.lookOrSay();
      if (look === null) return;
      if (look.all) {
        await this.takeAll(look);
        return;
      }
      await this.take(look);
      if (!look.more) return;
    }
  }

  /** What the rows say that the view does not know; null when the database is away. */
  private async lookOrSay(): Promise<Look | null> {
    const { unitOfWork, log } = this.parts;
    try {
      const look =
        (await withinDeadline(
          unitOfWork.read((tx) => this.lookSince(tx)),
          LOOK_WITHIN_MS,
          'reading what is new for the boot view',
        )) ??
        (await withinDeadline(
          unitOfWork.read((tx) => this.lookAtAll(tx)),
          READ_ALL_WITHIN_MS,
          'reading the boot view',
        ));
      await this.settleLinks(look);
      if (this.away) log.info('the database answers again', { awayMs: Date.now() - this.away.since });
      this.away = null;
      return look;
    } catch (cause) {
      if (this.away === null) log.error('the database is away: packets are answered from the copy', cause);
      this.away = { why: lastWords(cause), since: this.away?.since ?? Date.now() };
      return null;
    }
  }

  /** Networks are served only when it is known by whom. */
  private async settleLinks(look: Look): Promise<void> {
    const changes: readonly ViewChange[] = look.all ? look.documents : look.changes;
    const networks = changes.flatMap(({ kind, body }) => (kind === 'network' && body ? [body as ViewNetwork] : []));
    if (networks.length > 0) await this.parts.links?.settle(networks);
    else if (look.all || look.links) this.parts.links?.nothingToKeep();
  }

  private async lookSince(tx: Transaction): Promise<Look | null> {
    if (this.landmark.seq === 0) return null;
    // Asked together: most looks find nothing that concerns machines, and there are as many as there are commits.
    const [installation, last, read] = await Promise.all([
      tx.bootView.installation(),
      tx.bootView.lastEvent(),
      tx.bootView.eventsFrom(this.landmark.seq, EVENTS_PER_LOOK + 1),
    ]);
    if (installation !== this.installation) return null;
    if (last === this.landmark.seq && this.landmark.at === null)
      return { all: false, landmark: this.landmark, changes: [], more: false };
    const events = eventsSince(this.landmark, { last, events: read });
    if (events === null) return null;
    const newest = events.at(-1);
    const links = this.parts.links?.wantsLook ?? false;
    return {
      all: false,
      links,
      landmark: newest ? { seq: newest.seq, at: newest.at } : this.landmark,
      changes: await readDocuments(tx, this.concerned(events, links), (kind) => this.view.idsOf(kind)),
      more: read.length > EVENTS_PER_LOOK,
    };
  }

  private *concerned(events: readonly ViewEvent[], links: boolean): IterableIterator<ViewRef> {
    for (const event of events) yield* documentsOf(event);
    if (links) yield { kind: 'network', every: true };
  }

  private async lookAtAll(tx: Transaction): Promise<Look> {
    const last = await tx.bootView.lastEvent();
    const [event] = await tx.bootView.eventsFrom(last, 1);
    const documents: ViewDocument[] = [];
    for await (const page of wholeView(tx)) documents.push(...page);
    return {
      all: true,
      installation: await tx.bootView.installation(),
      landmark: { seq: last, at: event?.at ?? null },
      documents,
    };
  }

  private async take({ landmark, changes }: Look & { all: false }): Promise<void> {
    const isNews = changes.length > 0;
    if (landmark.seq === this.landmark.seq && !isNews && !this.isCopyBehind) return;
    const own = [...this.own(changes)];
    this.view.apply(own, landmark.seq);
    this.landmark = landmark;
    const { copy } = this.parts;
    if (this.isCopyBehind) return this.keep(isNews, () => this.replaceCopy());
    // A step that changed nothing says the same on the disk as the one before, so it need not be there at once.
    if (!isNews && Date.now() - this.writtenAt < QUIET_WRITE_MS) return this.parts.onKept?.(landmark.seq, false);
    await this.keep(isNews, () => copy.append({ landmark, changes: own }));
    if (copy.wantsCompaction) this.compacting = this.compact();
  }

  /** Meanwhile packets are answered and changes appended. */
  private async compact(): Promise<void> {
    await this.replaceCopy().catch((cause: unknown) => {
      this.parts.log.error('the copy of the boot view could not be made smaller, and is used as it is', cause);
    });
  }

  private async takeAll(look: Look & { all: true }): Promise<void> {
    this.readAll += 1;
    this.view.replace(this.own(look.documents), look.landmark.seq);
    this.installation = look.installation;
    this.landmark = look.landmark;
    this.parts.log.info('read the whole boot view', { generation: look.landmark.seq, documents: this.view.size });
    await this.keep(true, () => this.replaceCopy());
  }

  private async keep(isNews: boolean, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.writtenAt = Date.now();
      this.isCopyBehind = false;
      this.notKept = null;
    } catch (cause) {
      if (this.notKept === null)
        this.parts.log.error('the copy of the boot view cannot be written: look at the disk of ANNEAL_HOME', cause);
      this.isCopyBehind = true;
      this.notKept = lastWords(cause);
      return;
    }
    this.parts.onKept?.(this.landmark.seq, isNews);
  }

  private replaceCopy(): Promise<void> {
    const { installation, landmark } = this;
    return this.parts.copy.replace({ installation, landmark, documents: this.view.documents() });
  }

  private *own<Change extends ViewChange>(changes: Iterable<Change>): IterableIterator<Change> {
    for (const change of changes)
      if (change.kind === 'network' && change.body !== null && this.parts.links)
        yield { ...change, body: this.parts.links.own(change.body) } as Change;
      else if (change.kind === 'services' && change.body !== null && this.parts.ownServices)
        yield { ...change, body: { ...change.body, ...this.parts.ownServices() } } as Change;
      else yield change;
  }
}

/** The innermost message of an error, which says what it is about. */
const lastWords = (error: unknown): string => {
  let words = String(error);
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause.message) words = cause.message;
  return words;
};
