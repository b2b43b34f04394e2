import { readFileSync } from 'node:fs';
import { InventoryAsker, type AskedInventory, type NodeSession, type Reach } from '#app';
import { readTold } from './read-told.js';

/** Lines that are kept of what a machine tells; one with a hundred disks and cards tells some hundred. */
const LINES_MAX = 5_000;
const LINE_BYTES_MAX = 4_096;
const SCRIPT = readFileSync(new URL('./tell.sh', import.meta.url), 'utf8');

/** Asks over SSH. The script comes on standard input and leaves nothing behind. */
export class SshInventory extends InventoryAsker {
  constructor(private readonly session: NodeSession) {
    super();
  }

  override async ask(reach: Reach, deadlineMs: number): Promise<AskedInventory> {
    const until = Date.now() + deadlineMs;
    const probed = await this.session.probe(reach, deadlineMs);
    if (probed.kind === 'unreachable') return { kind: 'failed', reason: probed.reason };
    const hostKey = reach.hostKey ?? probed.hostKey;
    if (hostKey === null) return { kind: 'failed', reason: `${reach.name} did not say by which key it is known` };
    const [lines, complaints]: [string[], string[]] = [[], []];
    const end = await this.session.exec({ ...reach, hostKey }, ['sh', '-s'], {
      stdin: SCRIPT,
      deadlineMs: Math.max(1, until - Date.now()),
      lineBytesMax: LINE_BYTES_MAX,
      onLine: (stream, line) => {
        const kept = stream === 'out' ? lines : complaints;
        if (kept.length < LINES_MAX) kept.push(line);
      },
    });
    const told = end.kind === 'exited' && end.exitCode === 0 ? readTold(lines) : null;
    if (told) return { kind: 'told', ...told, hostKey };
    const why = 'reason' in end ? end.reason : (complaints.at(-1) ?? `the script ended as ${end.kind}`);
    return { kind: 'failed', reason: `${reach.name} does not tell what it is: ${why}` };
  }
}
