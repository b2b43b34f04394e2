import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { OpenedFile } from '../boot-files/locate.js';
import { replyTo, validatorsOf } from './conditions.js';
import { STREAM_BYTES, WHOLE_BYTES_MAX } from './limits.js';

/** How a file is sent: as what, for how long it may be kept, and, with nginx in front, where nginx finds it. */
export interface FileManner {
  readonly type: string;
  readonly cacheControl: string;
  /** A location that only nginx itself can ask for; null when nobody is in front. */
  readonly accelerated: string | null;
}

/** Sends a file, or the part of it that was asked for. Closes its handle. */
export const sendFile = async (
  request: IncomingMessage,
  response: ServerResponse,
  file: Pick<OpenedFile, 'handle' | 'stats'>,
  manner: FileManner,
): Promise<void> => {
  try {
    describeFile(response, manner);
    if (manner.accelerated !== null) return leaveToNginx(response, manner.accelerated);
    const { size } = file.stats;
    const validators = validatorsOf(file.stats);
    response.setHeader('accept-ranges', 'bytes');
    response.setHeader('etag', validators.etag);
    response.setHeader('last-modified', validators.lastModified);
    const reply = replyTo(request.headers, size, validators);
    if (reply.kind === 'unchanged') {
      response.removeHeader('content-type');
      response.statusCode = 304;
      response.end();
      return;
    }
    if (reply.kind === 'out-of-range') {
      response.statusCode = 416;
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      response.setHeader('content-range', `bytes */${size}`);
      response.end(request.method === 'HEAD' ? undefined : `the file has ${size} bytes\n`);
      return;
    }
    const from = reply.kind === 'part' ? reply.from : 0;
    const to = reply.kind === 'part' ? reply.to : size - 1;
    const length = to - from + 1;
    response.statusCode = reply.kind === 'part' ? 206 : 200;
    if (reply.kind === 'part') response.setHeader('content-range', `bytes ${from}-${to}/${size}`);
    response.setHeader('content-length', length);
    if (request.method === 'HEAD' || length === 0) {
      response.end();
      return;
    }
    if (length <= WHOLE_BYTES_MAX) {
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length;) {
        const { bytesRead } = await file.handle.read(bytes, at, length - at, from + at);
        if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
        at += bytesRead;
      }
      response.end(bytes);
      return;
    }
    await pipeline(
      file.handle.createReadStream({ start: from, end: to, autoClose: false, highWaterMark: STREAM_BYTES }),
      response,
    );
  } finally {
    await file.handle.close();
  }
};

export const describeFile = (response: ServerResponse, manner: Omit<FileManner, 'accelerated'>): void => {
  response.setHeader('content-type', manner.type);
  response.setHeader('cache-control', manner.cacheControl);
};

/** Conditions and ranges are nginx's to answer: it has the file. */
export const leaveToNginx = (response: ServerResponse, location: string): void => {
  response.setHeader('x-accel-redirect', location);
  response.end();
};

/** Firmware chooses by it whether it is a program (UEFI 2.10 §24.7) that it was sent. */
export const typeOf = (name: string): string => {
  if (name.endsWith('.efi')) return 'application/efi';
  if (/\.(ipxe|cfg|txt)$/.test(name)) return 'text/plain; charset=utf-8';
  return 'application/octet-stream';
};
