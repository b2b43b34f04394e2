import {
  documentsOf,
  eventsSince,
  ZoneIndex,
  type Landmark,
  type ServedRecord,
  type ViewChange,
  type ViewDocumentKind,
  type ViewRef,
} from '#core';
import { readDocuments, wholeView } from '../boot-view/read-documents.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';

/** Events that are read one by one; when there are more, everything is read anew. */
const EVENTS_MAX = 5_000;

/**
 * The names as the rows make them at this moment, for processes that do not serve packets: the list of what is served,
 * and the loop that keeps servers elsewhere the same. Between two looks it keeps its index and reads again only what the
 * events since then concern.
 */
export class NamesNow {
  private index = new ZoneIndex();
  private landmark: Landmark | null = null;
  private installation = '';
  private held = new Map<ViewDocumentKind, Set<string>>();
  private sorted: { readonly revision: number; readonly records: readonly ServedRecord[] } | null = null;
  private looking: Promise<unknown> = Promise.resolve();

  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The index, as far as the history goes now. */
  async look(): Promise<ZoneIndex> {
    const turn = this.looking.then(() => this.unitOfWork.read((tx) => this.catchUp(tx)));
    this.looking = turn.catch(() => undefined);
    await turn;
    return this.index;
  }

  /** All that is served, by name, type and value. */
  async records(): Promise<readonly ServedRecord[]> {
    const index = await this.look();
    // Serials grow without a name changing; the SOA is made when it is asked for.
    if (this.sorted?.revision !== index.generation)
      this.sorted = { revision: index.generation, records: [...index.records()].sort(byName) };
    return this.sorted.records;
  }

  private async catchUp(tx: Transaction): Promise<void> {
    const installation = await tx.bootView.installation();
    const last = await tx.bootView.lastEvent();
    const from = this.landmark;
    if (from && installation === this.installation && last - from.seq <= EVENTS_MAX) {
      const events = eventsSince(from, { last, events: await tx.bootView.eventsFrom(from.seq, EVENTS_MAX + 1) });
      if (events) {
        const refs = events
          .flatMap((event): readonly ViewRef[] => documentsOf(event))
          .filter(({ kind }) => CONCERNS.has(kind));
        const changes = await readDocuments(tx, refs, (kind) => this.held.get(kind) ?? []);
        this.take(changes, last);
        const newest = events.at(-1);
        if (newest) this.landmark = { seq: newest.seq, at: newest.at };
        return;
      }
    }
    const [event] = await tx.bootView.eventsFrom(last, 1);
    this.index = new ZoneIndex();
    this.held = new Map();
    this.sorted = null;
    const changes: ViewChange[] = [];
    for await (const page of wholeView(tx)) changes.push(...page.filter(({ kind }) => CONCERNS.has(kind)));
    this.take(changes, last);
    this.installation = installation;
    this.landmark = { seq: last, at: event?.at ?? null };
  }

  private take(changes: readonly ViewChange[], generation: number): void {
    for (const { kind, id, body } of changes) {
      const ids = this.held.get(kind) ?? new Set<string>();
      this.held.set(kind, ids);
      if (body === null) ids.delete(id);
      else ids.add(id);
    }
    this.index.apply(changes, generation);
  }
}

const CONCERNS: ReadonlySet<ViewDocumentKind> = new Set(['machine', 'network', 'name-filter', 'zone']);

const byName = (a: ServedRecord, b: ServedRecord): number =>
  compare(a.name, b.name) || compare(a.type, b.type) || compare(a.value, b.value) || compare(a.zone, b.zone);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
