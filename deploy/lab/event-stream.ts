import { setTimeout as pause } from 'node:timers/promises';
import type { LabApi } from './api.js';

/** One event of the history, as the stream carries it. */
export interface StreamedEvent {
  readonly sequence: number;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const RECONNECT_MS = 250;

/**
 * Follows the history from after a sequence number until the signal is aborted. A lost connection is opened again at the
 * last sequence number that was seen, so nothing is missed and nothing comes twice.
 */
export async function* followEvents(api: LabApi, after: number, signal: AbortSignal): AsyncGenerator<StreamedEvent> {
  let last = after;
  while (!signal.aborted) {
    try {
      for await (const message of readMessages(await api.stream(`events/stream?after=${last}`, signal))) {
        const event = toEvent(message);
        if (event === null || event.sequence <= last) continue;
        last = event.sequence;
        yield event;
      }
    } catch (cause) {
      if (signal.aborted) return;
      if (!isLostConnection(cause)) throw cause;
    }
    await pause(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Fields of one server-sent message (WHATWG HTML §9.2). */
interface Message {
  id: string;
  event: string;
  data: string;
}

async function* readMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.search(/\r?\n\r?\n/); end >= 0; end = text.search(/\r?\n\r?\n/)) {
      yield parseMessage(text.slice(0, end));
      text = text.slice(end).replace(/^\r?\n\r?\n/, '');
    }
  }
}

function parseMessage(block: string): Message {
  const message: Message = { id: '', event: '', data: '' };
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (field === 'data') message.data += message.data === '' ? value : `\n${value}`;
    else if (field === 'id') message.id = value;
    else if (field === 'event') message.event = value;
  }
  return message;
}

function toEvent(message: Message): StreamedEvent | null {
  if (message.data === '' || message.id === '') return null;
  return {
    sequence: Number(message.id),
    kind: message.event,
    data: JSON.parse(message.data) as StreamedEvent['data'],
  };
}

function isLostConnection(cause: unknown): boolean {
  return cause instanceof TypeError || (cause as { code?: string } | null)?.code === 'UND_ERR_SOCKET';
}
