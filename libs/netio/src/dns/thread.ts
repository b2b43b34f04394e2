import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { closeSocket, sendNow } from '../socket/native.js';
import { BatchSocket, nameLengthAt } from './batch-socket.js';
import { BATCH, THREAD_WAIT_MS } from './limits.js';
import { Responder } from './responder.js';
import type { FromThread, ThreadStart, ToThread } from './thread-messages.js';
import { Waiter } from './wake.js';

/**
 * A thread that answers DNS over UDP and does nothing else. It has an index of its own, so threads share nothing and none
 * waits for another. It does not use the event loop: it sleeps in poll until a datagram or its owner wakes it. What has
 * to be forwarded it hands to its owner.
 */

/** Full batches of one socket in a row, before the others and the owner are looked after. */
const ROUNDS = 16;

const start = workerData as ThreadStart;
const port = parentPort as MessagePort;
const tell = (message: FromThread): void => port.postMessage(message);

const responder = new Responder();
const sockets: BatchSocket[] = [];
/** One object for every question: they are many. */
const way = { transport: 'udp' as const, second: 0 };

const open = (): boolean => {
  try {
    for (const { address, port: number } of start.listen)
      sockets.push(new BatchSocket(address, number, { shared: start.shared }));
    tell({ kind: 'listening', ports: sockets.map((socket) => socket.port) });
    return true;
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
    return false;
  }
};

/** Deals with what the owner says. Returns whether to go on. */
const hear = (): boolean => {
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: ToThread } | undefined;
    if (!received) return true;
    const { message } = received;
    switch (message.kind) {
      case 'apply':
        responder.apply(message.changes, message.generation);
        tell({ kind: 'applied', ticket: message.ticket });
        break;
      case 'reply': {
        const socket = sockets[message.socket];
        if (socket)
          sendNow(socket.descriptor, Buffer.from(message.message), message.message.length, Buffer.from(message.name));
        break;
      }
      case 'count':
        tell({ kind: 'counted', counts: { ...responder.counts } });
        break;
      case 'stop':
        return false;
    }
  }
};

const serve = (): void => {
  const waiter = new Waiter(
    start.wake,
    sockets.map(({ descriptor }) => descriptor),
  );
  const answers = sockets.map((_socket, index) => answerFor(index));
  let busy = false;
  for (;;) {
    const poked = busy ? waiter.poked() : waiter.wait(THREAD_WAIT_MS);
    if (poked && !hear()) return;
    way.second = Math.floor(Date.now() / 1_000);
    busy = false;
    for (const [index, socket] of sockets.entries()) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const taken = socket.turn(answers[index]!);
        if (taken > 0) busy = true;
        if (taken < BATCH) break;
      }
    }
  }
};

const answerFor =
  (socket: number): Parameters<BatchSocket['turn']>[0] =>
  (bytes, begin, end, client, out, outAt, nameAt) => {
    const response = responder.respond(bytes, begin, end, client, out, outAt, way);
    if (typeof response === 'number') return response;
    const request = bytes.slice(begin, end);
    const name = bytes.slice(nameAt, nameAt + nameLengthAt(bytes, nameAt));
    tell({ kind: 'forward', socket, name, client, request, forwarding: response });
    return 0;
  };

if (open()) serve();
for (const socket of sockets) socket.close();
closeSocket(start.wake);
tell({ kind: 'stopped' });
