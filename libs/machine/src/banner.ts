import { connect } from 'node:net';
import type { Reach, Unreachable } from '#app';

/**
 * Sees whether something on the node's SSH port introduces itself as an SSH server (RFC 4253 §4.2: other lines may come
 * first). Neither side computes anything, so this can be asked of every node every few seconds. Null means it does.
 */
export function lookForBanner(reach: Reach, deadlineMs: number): Promise<Unreachable | null> {
  const { address, name, sshPort } = reach;
  if (address === null) {
    return Promise.resolve({
      kind: 'unreachable',
      code: 'no-contact',
      reason: `${name} has no address on the admin network`,
    });
  }
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: sshPort });
    let seen = '';
    const end = (reason: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason === null ? null : { kind: 'unreachable', code: 'no-contact', reason: `${name}: ${reason}` });
    };
    const timer = setTimeout(() => end(`no SSH server answered within ${deadlineMs} ms`), deadlineMs);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      seen += text;
      if (/(^|\n)SSH-2\.0-/.test(seen)) end(null);
      else if (seen.length > PREAMBLE_MAX) end(`port ${sshPort} answers, but not as an SSH server`);
    });
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end(`port ${sshPort} closed the connection without introducing itself as an SSH server`));
  });
}

/** Characters a server may send before it introduces itself. */
const PREAMBLE_MAX = 8_192;
