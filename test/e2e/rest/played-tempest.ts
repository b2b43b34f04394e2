import {
  Jig,
  orderedBy,
  RecordedCertifications,
  SystemClock,
  type JigOutcome,
  type JigRun,
  type UnitOfWork,
} from '#app';
import { isRefusal, type TestOutcome, type TestStatus } from '#core';
import { openSecretBox, TimeOrderedIds } from '#store';

/** How the suite is played. */
export interface Play {
  /** By name of a test; what is not named passes. */
  readonly statuses?: Readonly<Record<string, TestStatus>>;
  /** The play stops before this test, until it is cancelled. */
  readonly holdBefore?: string;
}

/** The tempest jig without a machine: it writes into the book of the installation what a play says. */
export class PlayedTempest extends Jig {
  readonly name = 'tempest';
  play: Play = {};
  /** What it was given last. */
  seen: { readonly access: unknown; readonly settings: unknown } | null = null;
  private readonly book: RecordedCertifications;

  constructor(unitOfWork: UnitOfWork, home: string) {
    super();
    this.book = new RecordedCertifications({
      unitOfWork,
      ids: new TimeOrderedIds(),
      clock: new SystemClock(),
      secrets: openSecretBox(home, undefined),
    });
  }

  async run(run: JigRun): Promise<JigOutcome> {
    const certification = orderedBy({ attribs: run.attribs });
    if (certification === null) return { kind: 'succeeded' };
    const ticket = { certification, fence: run.fence };
    const order = await this.book.open(ticket);
    if (isRefusal(order))
      return order.code === 'wrong-state' ? { kind: 'succeeded' } : { kind: 'failed', reason: order.detail };
    this.seen = { access: order.access, settings: order.settings };
    await this.book.prepared(ticket, {
      conf: '[auth]\nadmin_password = (hidden)\n',
      provenance: { 'auth.admin_password': 'plan of the certification' },
      credentials: { kind: 'made', administrator: true, userRoles: ['member'], usersAreAdministrators: false },
      findings: [],
      cloud: { hypervisor_types: ['QEMU'], release: 'zed' },
    });
    const { statuses = {}, holdBefore } = this.play;
    for (const [number, full] of order.loadList.entries()) {
      const name = full.split('[')[0]!;
      if (name === holdBefore) {
        await new Promise<void>((resolve) => run.signal.addEventListener('abort', () => resolve(), { once: true }));
        await this.book.finished(ticket, { kind: 'cancelled', seconds: 1, notes: [] });
        return { kind: 'aborted', cause: 'cancelled' };
      }
      await this.book.outcomes(ticket, [outcomeOf(name, statuses[name] ?? 'passed')], []);
      await this.book.piece(ticket, order.nextPiece + number, Uint8Array.of(0xb3, number));
    }
    await this.book.evidence(ticket, []);
    await this.book.finished(ticket, { kind: 'finished', seconds: 1, notes: [] });
    return { kind: 'succeeded' };
  }
}

const outcomeOf = (name: string, status: TestStatus): TestOutcome => ({
  ...{ name, id: null, status, seconds: 0.5, worker: 'worker-0' },
  reason: status === 'passed' ? null : `<script>alert('${status}')</script>`,
  traceback: status === 'failed' ? 'Traceback: <b onmouseover=alert(1)>boom</b>' : null,
});
