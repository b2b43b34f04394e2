import { Worker } from 'node:worker_threads';
import type { ViewChange } from '#core';
import type { Forwarder } from './forwarder.js';
import { THREAD_MS_MAX } from './limits.js';
import type { ResponderCounts } from './responder.js';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.js';
import { openWake, poke } from './wake.js';

/** One thread, from its owner's side. */
export class Thread {
  private readonly waiting = new Map<number, { resolve: () => void; reject: (cause: unknown) => void }>();
  private readonly counting: ((counts: ResponderCounts) => void)[] = [];
  private tickets = 0;
  private started = false;
  private ended = false;
  private readonly worker: Worker;
  private readonly wake: number;
  private readonly exit: Promise<void>;
  private listening!: (ports: readonly number[]) => void;
  private refused!: (error: Error) => void;

  private constructor(
    entry: URL,
    start: Omit<ThreadStart, 'wake'>,
    private readonly forwarder: Forwarder,
    private readonly onFailure: (cause: unknown) => void,
  ) {
    this.wake = openWake();
    const workerData: ThreadStart = { ...start, wake: this.wake };
    this.worker = new Worker(entry, { workerData, name: 'dns', execArgv: [] });
    this.worker.on('message', (message: FromThread) => this.hear(message));
    this.worker.on('error', (cause) => this.fail(cause));
    this.exit = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.fail(new Error('a DNS thread has ended by itself'));
        resolve();
      });
    });
  }

  /** Starts a thread and resolves to it when it listens; rejects when it cannot. */
  static async start(
    entry: URL,
    start: Omit<ThreadStart, 'wake'>,
    forwarder: Forwarder,
    onFailure: (cause: unknown) => void,
  ): Promise<{ thread: Thread; ports: readonly number[] }> {
    const thread = new Thread(entry, start, forwarder, onFailure);
    const ports = await new Promise<readonly number[]>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`a DNS thread did not start within ${THREAD_MS_MAX} ms`)),
        THREAD_MS_MAX,
      );
      thread.listening = (found) => {
        clearTimeout(late);
        resolve(found);
      };
      thread.refused = (error) => {
        clearTimeout(late);
        reject(error);
      };
    });
    return { thread, ports };
  }

  /** Resolves when the thread answers from what it was given. */
  apply(changes: readonly ViewChange[], generation: number): Promise<void> {
    const ticket = (this.tickets += 1);
    if (this.ended) return Promise.reject(new Error('the DNS thread has ended'));
    const applied = new Promise<void>((resolve, reject) => this.waiting.set(ticket, { resolve, reject }));
    this.say({ kind: 'apply', changes, generation, ticket });
    return applied;
  }

  counts(): Promise<ResponderCounts> {
    const counted = new Promise<ResponderCounts>((resolve) => this.counting.push(resolve));
    this.say({ kind: 'count' });
    return counted;
  }

  async stop(): Promise<void> {
    if (!this.ended) {
      this.ended = true;
      this.say({ kind: 'stop' });
      const late = setTimeout(() => void this.worker.terminate(), THREAD_MS_MAX);
      await this.exit;
      clearTimeout(late);
    } else await this.exit;
  }

  private say(message: ToThread): void {
    this.worker.postMessage(message);
    poke(this.wake);
  }

  private hear(message: FromThread): void {
    switch (message.kind) {
      case 'listening':
        this.started = true;
        this.listening(message.ports);
        break;
      case 'failed':
        this.ended = true;
        this.refused(new Error(message.reason));
        break;
      case 'applied':
        this.waiting.get(message.ticket)?.resolve();
        this.waiting.delete(message.ticket);
        break;
      case 'counted':
        this.counting.shift()?.(message.counts);
        break;
      case 'forward':
        void this.forward(message);
        break;
      case 'stopped':
        // It closed the descriptor by which it was woken; nothing may be written to that number any more.
        this.ended = true;
        break;
    }
  }

  private async forward({
    socket,
    name,
    client,
    request,
    forwarding,
  }: Extract<FromThread, { kind: 'forward' }>): Promise<void> {
    const reply = await this.forwarder.finish(request, forwarding, client, 'udp');
    if (!this.ended) this.say({ kind: 'reply', socket, name, message: reply });
  }

  private fail(cause: unknown): void {
    if (!this.started) {
      this.ended = true;
      this.refused(cause instanceof Error ? cause : new Error(String(cause)));
      return;
    }
    for (const { reject } of this.waiting.values()) reject(cause);
    this.waiting.clear();
    if (this.ended) return;
    this.ended = true;
    this.onFailure(cause);
  }
}
