import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * One conversation with a running QEMU over its QMP socket (QEMU Machine Protocol, JSON lines). A machine that is off has
 * no socket that answers: then `open` returns null. QEMU talks to one at a time, so conversations are short.
 */
const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;

interface Message {
  readonly QMP?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly class: string; readonly desc: string };
  readonly event?: string;
  readonly id?: number;
}

export class Qmp {
  private next = 1;
  private readonly seen: string[] = [];
  private readonly waiting = new Set<(message: Message) => void>();

  private constructor(private readonly socket: Socket) {
    createInterface({ input: socket }).on('line', (line) => {
      const message = JSON.parse(line) as Message;
      if (message.event) this.seen.push(message.event);
      for (const take of this.waiting) take(message);
    });
    socket.on('error', () => socket.destroy());
  }

  /** Null when nobody listens there. */
  static async open(path: string): Promise<Qmp | null> {
    const socket = createConnection({ path });
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      setTimeout(() => resolve(false), CONNECT_MS).unref();
    });
    if (!connected) {
      socket.destroy();
      return null;
    }
    const qmp = new Qmp(socket);
    try {
      await qmp.until((message) => message.QMP !== undefined, 'its greeting');
      await qmp.execute('qmp_capabilities');
      return qmp;
    } catch {
      qmp.close();
      return null;
    }
  }

  async execute(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    const id = this.next++;
    const answered = this.until((message) => message.id === id, command);
    this.socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    const { error, return: value } = await answered;
    if (error) throw new Error(`QEMU refuses ${command}: ${error.desc}`);
    return value;
  }

  /** Waits for an event, also one that has come already. */
  async event(name: string): Promise<void> {
    if (!this.seen.includes(name)) await this.until((message) => message.event === name, `the event ${name}`);
  }

  close(): void {
    this.socket.destroy();
  }

  private until(holds: (message: Message) => boolean, what: string): Promise<Message> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(take);
        this.socket.off('close', lost);
      };
      const take = (message: Message): void => {
        if (!holds(message)) return;
        end();
        resolve(message);
      };
      const lost = (): void => {
        end();
        reject(new Error(`QEMU ended before ${what}`));
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`QEMU did not answer ${what} within ${ANSWER_MS / 1_000} s`));
      }, ANSWER_MS);
      this.waiting.add(take);
      this.socket.once('close', lost);
    });
  }
}
