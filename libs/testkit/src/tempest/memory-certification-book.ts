import {
  CertificationBook,
  type CertificationEnd,
  type CertificationInputs,
  type CertificationOrder,
  type CertificationTicket,
  type EvidenceFile,
  type GoalClaim,
  type Taken,
  type TestUnderWay,
} from '#app';
import { asSuiteTest, refuse, type Refusal, type TestOutcome } from '#core';

/** What a test orders, in the short form in which tests give it. */
export type Ordered = Pick<CertificationOrder, 'loadList'> &
  Partial<Omit<CertificationOrder, 'loadList' | 'nextPiece'>>;

/** A certification as the book has it. */
export interface WrittenCertification {
  readonly ordered: Ordered;
  fence: number;
  inputs: CertificationInputs | null;
  readonly outcomes: Map<string, TestOutcome>;
  underWay: readonly TestUnderWay[];
  readonly pieces: Map<number, Uint8Array>;
  readonly evidence: Map<string, EvidenceFile>;
  end: CertificationEnd | null;
  /** Every call that was taken, in order, for tests of what is written when. */
  readonly calls: ('open' | 'prepared' | 'outcomes' | 'piece' | 'evidence' | 'finished')[];
}

/** A book in memory. It passes the same contract as the one over rows. */
export class MemoryCertificationBook extends CertificationBook {
  private readonly certifications = new Map<string, WrittenCertification>();
  private readonly waiting = new Set<() => void>();
  /** While it is set, every call fails with it, as when the database is away. */
  trouble: Error | null = null;
  /** What the end of a run comes to. */
  claims: (written: WrittenCertification) => readonly GoalClaim[] = ({ ordered, outcomes }) => {
    const passed = [...outcomes.values()].filter(({ status }) => status === 'passed').length;
    const total = ordered.loadList.length;
    return [{ met: passed === total, claim: `Passes ${passed} of ${total}` }];
  };

  order(certification: string, ordered: Ordered): void {
    this.certifications.set(certification, {
      ...{ ordered, fence: 0, inputs: null, underWay: [], end: null, calls: [] },
      ...{ outcomes: new Map(), pieces: new Map(), evidence: new Map() },
    });
  }

  of(certification: string): WrittenCertification {
    const written = this.certifications.get(certification);
    if (!written) throw new Error(`certification ${certification} was never ordered`);
    return written;
  }

  statuses(certification: string): Record<string, string> {
    return Object.fromEntries([...this.of(certification).outcomes].map(([name, { status }]) => [name, status]));
  }

  stream(certification: string): Buffer {
    const { pieces } = this.of(certification);
    return Buffer.concat([...pieces].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
  }

  /** Resolves when a certification has become so. */
  async until(certification: string, holds: (written: WrittenCertification) => boolean): Promise<void> {
    while (!holds(this.of(certification))) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async open({ certification, fence }: CertificationTicket): Promise<CertificationOrder | Refusal> {
    this.answer();
    const written = this.certifications.get(certification);
    if (!written) return refuse('not-found', `there is no certification ${certification}`);
    if (written.end) return refuse('wrong-state', `certification ${certification} has ended; start another one`);
    if (fence < written.fence) return refuse('conflict', `a newer attempt of certification ${certification} has begun`);
    written.fence = fence;
    written.underWay = [];
    this.note(written, 'open');
    const { ordered } = written;
    return {
      ...{ goals: [], concurrency: 0, access: null, settings: {}, nodes: [] },
      ...ordered,
      loadList: ordered.loadList.filter((id) => !written.outcomes.has(asSuiteTest(id).name)),
      nextPiece: Math.max(-1, ...written.pieces.keys()) + 1,
    };
  }

  prepared(ticket: CertificationTicket, inputs: CertificationInputs): Promise<Taken> {
    return this.write(ticket, 'prepared', (written) => {
      written.inputs = inputs;
    });
  }

  outcomes(
    ticket: CertificationTicket,
    ended: readonly TestOutcome[],
    underWay: readonly TestUnderWay[],
  ): Promise<Taken> {
    return this.write(ticket, 'outcomes', (written) => {
      for (const outcome of ended) written.outcomes.set(outcome.name, outcome);
      written.underWay = underWay;
    });
  }

  piece(ticket: CertificationTicket, number: number, bytes: Uint8Array): Promise<Taken> {
    return this.write(ticket, 'piece', ({ pieces }) => {
      if (!pieces.has(number)) pieces.set(number, bytes);
    });
  }

  evidence(ticket: CertificationTicket, files: readonly EvidenceFile[]): Promise<Taken> {
    return this.write(ticket, 'evidence', ({ evidence }) => {
      for (const file of files) evidence.set(file.path, file);
    });
  }

  async finished(ticket: CertificationTicket, end: CertificationEnd): Promise<readonly GoalClaim[] | 'superseded'> {
    const taken = await this.write(ticket, 'finished', (written) => {
      written.end ??= end;
      written.underWay = [];
      for (const { name, id } of written.ordered.loadList.map(asSuiteTest))
        if (!written.outcomes.has(name)) written.outcomes.set(name, { name, id, ...NOT_RUN });
    });
    return taken === 'superseded' ? taken : this.claims(this.of(ticket.certification));
  }

  private async write(
    { certification, fence }: CertificationTicket,
    call: WrittenCertification['calls'][number],
    change: (written: WrittenCertification) => void,
  ): Promise<Taken> {
    this.answer();
    const written = this.of(certification);
    if (fence < written.fence || (written.end && call !== 'finished')) return 'superseded';
    change(written);
    this.note(written, call);
    return 'written';
  }

  private answer(): void {
    if (this.trouble) throw this.trouble;
  }

  private note(written: WrittenCertification, call: WrittenCertification['calls'][number]): void {
    written.calls.push(call);
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const look of waiting) look();
  }
}

const NOT_RUN = { status: 'not-run', seconds: null, worker: null, reason: null, traceback: null } as const;
