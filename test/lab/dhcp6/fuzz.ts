import { fuzzDhcp6 } from '#testkit';
import { capturedPackets } from '../fixtures/captured.js';

/**
 * Plays the fuzz of DHCPv6 at length, in a process whose memory is its own, and prints what came of it: heap in bytes
 * after a first part and after all. Run it with `--expose-gc`, so that only what is kept counts.
 */
const packets = Number(process.argv[2] ?? 1_000_000);
const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

const PARTS = 10;
const captured = capturedPackets('dhcp6');
let begun = 0;
let answered = 0;
let leases = 0;
for (let part = 0; part < PARTS; part += 1) {
  const result = fuzzDhcp6(Math.ceil(packets / PARTS), 8_415 + part, captured);
  answered += result.answered;
  leases += result.leases;
  if (part === 0) begun = heap();
}
process.stdout.write(`${JSON.stringify({ packets, answered, leases, heapBegun: begun, heapEnded: heap() })}\n`);
