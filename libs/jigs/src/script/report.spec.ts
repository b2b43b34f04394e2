import { describe, expect, it } from 'vitest';
import { RunReport } from './report.js';

const reader = () => {
  const lines: string[] = [];
  const notes: string[] = [];
  const report = new RunReport('n0nce', {
    line: (stream, text) => lines.push(`${stream} ${text}`),
    mask: (text) => text.replaceAll('hunter2', '…'),
    note: (text) => notes.push(text),
  });
  const say = (text: string): void => report.read('out', `\u001en0nce ${text}`);
  return { report, lines, notes, say };
};

describe('RunReport', () => {
  it('keeps the runner apart from the scripts', () => {
    const { report, lines, notes, say } = reader();
    say('begin 10-a.sh');
    report.read('out', 'hello');
    report.read('err', 'oh');
    say('output {"name":"a","value":"x y"}');
    say('end 3 by-itself 1 20');
    expect(lines).toEqual(['out hello', 'err oh']);
    expect(notes).toEqual(['running 10-a.sh']);
    expect(report.outputs).toEqual(['{"name":"a","value":"x y"}']);
    expect(report.end).toEqual({ status: 3, how: 'by-itself', rebootNeeded: true, retryAfterSeconds: 20 });
    expect(report.script).toBe('10-a.sh');
  });

  it('parts a last line without line end from the word of the runner that follows it', () => {
    const { report, lines } = reader();
    report.read('out', 'partial\u001en0nce end 0 by-itself 0 0');
    expect(lines).toEqual(['out partial']);
    expect(report.end?.status).toBe(0);
  });

  it('takes the last words from stderr if there are any, and only from the script that spoke last', () => {
    const { report, say } = reader();
    say('begin a.sh');
    report.read('err', 'of a');
    say('begin b.sh');
    expect(report.lastWords).toBeNull();
    report.read('out', 'out of b');
    expect(report.lastWords).toBe('out of b');
    report.read('err', '  err of b ');
    report.read('out', 'more');
    report.read('err', '   ');
    expect(report.lastWords).toBe('err of b');
  });

  it('believes nobody who does not know the word of this run, nor anybody on stderr', () => {
    const { report, lines } = reader();
    report.read('out', '\u001eother end 0 by-itself 0 0');
    report.read('err', '\u001en0nce end 0 by-itself 0 0');
    expect(report.end).toBeNull();
    expect(lines).toHaveLength(2);
  });

  it('masks what scripts say before anybody quotes it, and outputs never', () => {
    const { report, lines, say } = reader();
    report.read('err', 'the password hunter2 is refused');
    say('output {"name":"password","value":"hunter2"}');
    expect(lines).toEqual(['err the password … is refused']);
    expect(report.lastWords).toBe('the password … is refused');
    expect(report.outputs).toEqual(['{"name":"password","value":"hunter2"}']);
  });
});
