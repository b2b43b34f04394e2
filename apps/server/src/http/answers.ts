import type { FastifyReply } from 'fastify';

/** Answers that are more than a JSON document. A controller returns one; the interceptor knows how to send it. */

/** JSON with headers of its own, or another status of those that the route declares. */
export class Answer<Body = unknown> {
  constructor(
    readonly body: Body,
    readonly options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {}
}

/** A document that is not JSON. */
export class TextAnswer {
  constructor(
    readonly text: string,
    readonly contentType: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** A file, byte for byte. */
export class BytesAnswer {
  constructor(
    readonly bytes: Uint8Array,
    readonly contentType: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** One server-sent message (WHATWG HTML §9.2). */
export interface StreamMessage {
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  /** Undefined: the reader only learns the id, from which it would resume. */
  readonly data: unknown;
}

/** Messages for as long as there are some and somebody reads them. The source watches the request's signal. */
export class StreamAnswer {
  constructor(readonly messages: AsyncIterable<StreamMessage>) {}
}

/** Milliseconds between comments that keep a silent stream from being cut off by whatever stands in between. */
export const HEARTBEAT_MS = 15_000;
/** Milliseconds for which a reader may leave what was sent lying; then the stream ends, and it resumes where it was. */
export const SLOW_READER_MS = 30_000;
/** What a reader waits before it connects again, in milliseconds. */
const RECONNECT_MS = 1_000;

/** Sends a stream until it ends, the reader goes, or the signal is aborted. Never rejects for what the reader does. */
export const sendStream = async (
  reply: FastifyReply,
  { messages }: StreamAnswer,
  signal: AbortSignal,
): Promise<void> => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write(`retry: ${RECONNECT_MS}\n\n`);
  const heartbeat = setInterval(() => raw.writableLength === 0 && raw.write(': \n\n'), HEARTBEAT_MS);
  try {
    for await (const message of messages) {
      if (signal.aborted) break;
      if (!raw.write(written(message)) && !(await drained(raw, signal))) break;
    }
  } finally {
    clearInterval(heartbeat);
    raw.end();
    if (signal.aborted) raw.destroy();
  }
};

const written = ({ id, event, data }: StreamMessage): string =>
  [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(data === undefined ? [] : [`data: ${JSON.stringify(data)}`]),
    '\n',
  ].join('\n');

const drained = (raw: FastifyReply['raw'], signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (well: boolean) => (): void => {
      clearTimeout(timer);
      raw.off('drain', onDrain);
      raw.off('close', onClose);
      signal.removeEventListener('abort', onClose);
      resolve(well);
    };
    const onDrain = settle(true);
    const onClose = settle(false);
    const timer = setTimeout(onClose, SLOW_READER_MS);
    raw.once('drain', onDrain);
    raw.once('close', onClose);
    signal.addEventListener('abort', onClose, { once: true });
  });
