import { closeSync, openSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { untilTold } from '#runtime';
import { READY } from '../ready.js';
import type { EffectAnswer, EffectLine, EffectQuestion } from './effect-log.js';
import { NodeFences } from './node-fences.js';

/**
 * The effect recorder: stands for all machines of the chaos test, in a process of its own that no fault touches. Workers
 * ask it over a Unix socket whether they may begin and end; it plays the nodes' part of the fence and writes down every
 * question with its answer, before it answers.
 *
 * Usage: recorder SOCKET LOG. Prints `ready` when it listens.
 */
const main = async (socketPath: string, logPath: string): Promise<void> => {
  const log = openSync(logPath, 'a');
  let n = 0;
  const nodes = new NodeFences((what, accepted, work) => {
    const line: EffectLine = { n: (n += 1), at: performance.timeOrigin + performance.now(), what, accepted, ...work };
    writeSync(log, `${JSON.stringify(line)}\n`);
  });
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('close', () => nodes.lose(socket));
    // A worker that is killed resets its connection; readline passes the error on, and close follows.
    const lines = createInterface({ input: socket }).on('error', () => undefined);
    lines.on('line', (text) => {
      const { id, what, runId, attempt, fence, nodeId } = JSON.parse(text) as EffectQuestion;
      const work = { runId, attempt, fence, nodeId };
      const accepted = what === 'begin' ? nodes.begin(work, socket) : nodes.end(work);
      socket.write(`${JSON.stringify({ id, accepted } satisfies EffectAnswer)}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  console.log(READY);
  await untilTold();
  server.close();
  closeSync(log);
  process.exit(0);
};

await main(process.argv[2] as string, process.argv[3] as string);
