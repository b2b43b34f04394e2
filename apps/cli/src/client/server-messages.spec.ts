import { describe, expect, it } from 'vitest';
import { readMessages } from './server-messages.js';

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}
const read = async (text: string, size = 1_000) => {
  const messages = [];
  for await (const message of readMessages(inChunks(text, size))) messages.push(message);
  return messages;
};

describe('an event stream', () => {
  const TEXT = ': hello\n\nid: 7\nevent: node_role.active\ndata: {"a":"ü"}\n\nid: 8\r\ndata: one\r\ndata: two\r\n\r\n';
  const MESSAGES = [
    { id: '7', event: 'node_role.active', data: '{"a":"ü"}' },
    { id: '8', event: 'message', data: 'one\ntwo' },
  ];

  it('gives its messages and not its comments', async () => {
    expect(await read(TEXT)).toEqual(MESSAGES);
  });

  it('may be cut anywhere on the way, also inside of a character or a line end', async () => {
    for (let size = 1; size < 20; size += 1) expect(await read(TEXT, size), `chunks of ${size}`).toEqual(MESSAGES);
  });

  it('may say only where a reader would resume', async () => {
    expect(await read('id: 9\n\n: nothing\n\n')).toEqual([{ id: '9', event: 'message', data: null }]);
  });

  it('drops a message that its end cuts off', async () => {
    expect(await read('data: whole\n\ndata: half\n')).toEqual([{ id: '', event: 'message', data: 'whole' }]);
  });
});
