import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { EffectSink, type Effect } from '#app';
import type { EffectAnswer, EffectQuestion } from './effect-log.js';

/** Asks the effect recorder. The connection is the process's: when the process dies, the recorder sees it go. */
export class SocketEffects extends EffectSink {
  private readonly waiting = new Map<number, (accepted: boolean) => void>();
  private next = 1;

  private constructor(private readonly socket: Socket) {
    super();
    const lines = createInterface({ input: socket }).on('error', () => undefined);
    lines.on('line', (text) => {
      const { id, accepted } = JSON.parse(text) as EffectAnswer;
      this.waiting.get(id)?.(accepted);
      this.waiting.delete(id);
    });
  }

  static async open(path: string): Promise<SocketEffects> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause) => reject(new Error(`reach the effect recorder at ${path}`, { cause })));
    });
    socket.on('error', () => undefined);
    return new SocketEffects(socket);
  }

  override async begin(effect: Effect): Promise<'begun' | 'superseded'> {
    return (await this.ask('begin', effect)) ? 'begun' : 'superseded';
  }

  override async end(effect: Effect): Promise<void> {
    await this.ask('end', effect);
  }

  close(): void {
    this.socket.destroy();
  }

  private ask(what: 'begin' | 'end', { runId, attempt, fence, nodeId }: Effect): Promise<boolean> {
    const id = this.next;
    this.next += 1;
    const question: EffectQuestion = { id, what, runId, attempt, fence, nodeId };
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.write(`${JSON.stringify(question)}\n`);
    });
  }
}
