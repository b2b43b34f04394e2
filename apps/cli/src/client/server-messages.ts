/** Messages of an event stream (WHATWG HTML §9.2), as far as our server uses them. */
export interface ServerMessage {
  /** Empty when the message has none. */
  readonly id: string;
  /** `message` when the stream does not say. */
  readonly event: string;
  /** Null in a block that only says where a reader would resume. */
  readonly data: string | null;
}

/** Reads an event stream. A message that the end of the stream cuts off is dropped, as the standard says. */
export async function* readMessages(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerMessage> {
  const decoder = new TextDecoder();
  let rest = '';
  let draft = emptyDraft();
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the end of a chunk may be half of a CRLF.
    const complete = /^[^]*(?:\n|\r(?!$))/.exec(rest)?.[0] ?? '';
    rest = rest.slice(complete.length);
    for (const line of complete === '' ? [] : complete.replace(/(?:\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/)) {
      if (line !== '') addLine(draft, line);
      else {
        const hasData = draft.data.length > 0;
        if (hasData || draft.id !== '')
          yield { id: draft.id, event: draft.event || 'message', data: hasData ? draft.data.join('\n') : null };
        draft = emptyDraft();
      }
    }
  }
}

const emptyDraft = () => ({ id: '', event: '', data: [] as string[] });

const addLine = (draft: ReturnType<typeof emptyDraft>, line: string): void => {
  const [, field, value = ''] = /^(id|event|data)(?:: ?(.*))?$/.exec(line) ?? [];
  if (field === 'data') draft.data.push(value);
  else if (field === 'id') draft.id = value;
  else if (field === 'event') draft.event = value;
};
