import { leasesToTakeOver, withinDeadline, type CopyLeases, type Log, type UnitOfWork } from '#app';
import { openLeases, type OpenLeases } from '#netio';

/** How long the start waits for the copies of leases when the journal is empty, in milliseconds: the disk may be a new one. */
const TAKE_OVER_WITHIN_MS = 5_000;
const RETRY_MS = 5_000;

/**
 * The leases of this server: its journal is the truth about them, and what others can see is a copy. What the copy knows
 * and the journal does not is taken over once the database has been reached; when the journal knows nothing at all, that
 * is waited for a while, so that no address is given to a second machine because a disk was lost.
 */
export class LeaseKeeping {
  private timer: NodeJS.Timeout | null = null;
  private failed = false;

  private constructor(
    readonly open: OpenLeases,
    private readonly unitOfWork: UnitOfWork,
    private readonly copies: CopyLeases,
    private readonly log: Log,
  ) {}

  static async begin(folder: string, unitOfWork: UnitOfWork, copies: CopyLeases, log: Log): Promise<LeaseKeeping> {
    const open = await openLeases({ folder, onDurable: (leases) => copies.take(leases) });
    if (open.tornBytes > 0)
      log.warn('the lease journal ended in the middle of a line, which no client was told of', {
        bytes: open.tornBytes,
      });
    return new LeaseKeeping(open, unitOfWork, copies, log);
  }

  /** Resolves when leases may be given. */
  async ready(): Promise<void> {
    const isEmpty = this.open.book.size === 0;
    const taken = this.takeOverOrRetry();
    if (isEmpty) await taken;
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    await this.open.journal.close();
  }

  /** Learns what other servers promised, as far as the database knows it. Rejects when it is away. */
  async takeOver(): Promise<void> {
    const { book, journal } = this.open;
    const now = Date.now();
    const leases = await withinDeadline(
      leasesToTakeOver(this.unitOfWork, (address) => book.leaseAt(address), now),
      TAKE_OVER_WITHIN_MS,
      'reading the copies of leases',
    );
    for (const lease of leases) {
      book.restore(lease, now);
      journal.write(lease, null);
    }
    if (leases.length > 0) this.log.info('took over leases that only the database knew', { leases: leases.length });
  }

  private async takeOverOrRetry(): Promise<void> {
    try {
      await this.takeOver();
      this.copies.take(this.open.book.leases());
    } catch (cause) {
      if (!this.failed) this.log.error('the copies of leases cannot be read now; this is tried again', cause);
      this.failed = true;
      this.timer = setTimeout(() => void this.takeOverOrRetry(), RETRY_MS);
    }
  }
}
