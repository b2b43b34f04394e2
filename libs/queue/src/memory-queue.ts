import { JobQueue, type Envelope, type Receiver } from '#app';

type Handler = (envelope: Envelope) => Promise<void>;

/** A queue inside one process, for tests and simulations. It forgets everything when the process ends, as any queue may. */
export class MemoryQueue extends JobQueue {
  override readonly backend = 'memory';
  private readonly envelopes: Envelope[] = [];
  private readonly receivers = new Set<MemoryReceiver>();

  override async deliver(envelopes: readonly Envelope[]): Promise<void> {
    this.envelopes.push(...envelopes);
    for (const receiver of this.receivers) receiver.pull();
  }

  override async receive(handler: Handler, options: { handlersMax: number }): Promise<Receiver> {
    const receiver: MemoryReceiver = new MemoryReceiver(this.envelopes, handler, options.handlersMax, () =>
      this.receivers.delete(receiver),
    );
    this.receivers.add(receiver);
    receiver.pull();
    return receiver;
  }

  override async waiting(): Promise<number> {
    return this.envelopes.length;
  }

  override async close(): Promise<void> {
    await Promise.all([...this.receivers].map((receiver) => receiver.close()));
  }
}

class MemoryReceiver implements Receiver {
  private readonly busy = new Set<Promise<void>>();
  private open = true;

  constructor(
    private readonly waiting: Envelope[],
    private readonly handler: Handler,
    private readonly handlersMax: number,
    private readonly leave: () => void,
  ) {}

  pull(): void {
    while (this.open && this.busy.size < this.handlersMax && this.waiting.length > 0) {
      const envelope = this.waiting.shift() as Envelope;
      const work: Promise<void> = Promise.resolve()
        .then(() => this.handler(envelope))
        // What a handler could not take on is found by rescue, as with any other queue.
        .catch(() => undefined)
        .finally(() => {
          this.busy.delete(work);
          this.pull();
        });
      this.busy.add(work);
    }
  }

  async close(): Promise<void> {
    this.open = false;
    this.leave();
    await Promise.all(this.busy);
  }
}
