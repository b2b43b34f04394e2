import type { OutputStream } from '#app';

/** How the runner says the work ended. `status` is the exit code of the script that ended it, 0 when all succeeded. */
export interface WorkEnd {
  readonly status: number;
  readonly how: 'by-itself' | 'stopped' | 'superseded';
  readonly rebootNeeded: boolean;
  readonly retryAfterSeconds: number;
}

/** Where the runner's own words go. Scripts' lines are passed on masked and otherwise untouched. */
export interface ReportListener {
  /** Takes secrets out of a line, before anybody quotes or cuts it. */
  mask(text: string): string;
  line(stream: OutputStream, text: string): void;
  note(text: string): void;
}

const MARK = '\u001e';

/**
 * Reads what comes back from a run: the runner's lines are told from the scripts' by a record separator and a word made
 * for this run. A script that ends its output without a line end has the runner's next line on its own; it is parted here.
 */
export class RunReport {
  /** The script that runs now, or ran last. */
  script: string | null = null;
  /** The last line that script wrote, on stderr if it wrote there at all. */
  lastWords: string | null = null;
  /** Raw output lines as the scripts wrote them. */
  readonly outputs: string[] = [];
  outputsTooLarge = false;
  /** The higher fence that the node has seen, when it refused to begin. */
  supersededBy: string | null = null;
  end: WorkEnd | null = null;

  private readonly mark: string;
  private saidOnStderr = false;

  constructor(
    nonce: string,
    private readonly listener: ReportListener,
  ) {
    this.mark = `${MARK}${nonce} `;
  }

  read(stream: OutputStream, line: string): void {
    const at = stream === 'out' ? line.indexOf(this.mark) : -1;
    if (at < 0) return this.pass(stream, line);
    if (at > 0) this.pass(stream, line.slice(0, at));
    this.control(line.slice(at + this.mark.length));
  }

  private pass(stream: OutputStream, written: string): void {
    const line = this.listener.mask(written);
    if (line.trim() !== '' && (stream === 'err' || !this.saidOnStderr)) {
      this.lastWords = line.trim();
      this.saidOnStderr = stream === 'err';
    }
    this.listener.line(stream, line);
  }

  private control(line: string): void {
    const space = line.indexOf(' ');
    const verb = space < 0 ? line : line.slice(0, space);
    const rest = space < 0 ? '' : line.slice(space + 1);
    switch (verb) {
      case 'begin':
        this.script = rest;
        this.lastWords = null;
        this.saidOnStderr = false;
        return this.listener.note(`running ${rest}`);
      case 'note':
        return this.listener.note(rest);
      case 'output':
        this.outputs.push(rest);
        return;
      case 'too-much':
        this.outputsTooLarge = true;
        return;
      case 'superseded':
        this.supersededBy = rest;
        return;
      case 'end': {
        const [status = '', how = '', reboot = '', retry = ''] = rest.split(' ');
        this.end = {
          status: Number(status),
          how: how as WorkEnd['how'],
          rebootNeeded: reboot === '1',
          retryAfterSeconds: Number(retry),
        };
        return;
      }
      default:
        this.listener.note(`the runner on the node said something unknown: ${verb}`);
    }
  }
}
