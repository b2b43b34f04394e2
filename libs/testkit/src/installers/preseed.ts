/**
 * Reads a preseed as debconf-set-selections(1) does: a line is a comment, blank, or `owner question type value`. What is no
 * such line is told with its number.
 */
export interface PreseedLine {
  readonly owner: string;
  readonly question: string;
  readonly type: string;
  readonly value: string;
}

const TYPES = new Set(['string', 'boolean', 'select', 'multiselect', 'note', 'text', 'password', 'title']);
const LINE = /^(d-i|[a-z0-9][-+.a-z0-9]*) ([-/A-Za-z0-9_.]+) ([a-z]+)(?: (.*))?$/;

export const readPreseed = (text: string): { lines: PreseedLine[]; problems: string[] } => {
  const lines: PreseedLine[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, owner = '', question = '', type = '', value = ''] = LINE.exec(line) ?? [];
    if (!TYPES.has(type)) problems.push(`line ${index + 1} is no answer: ${line.slice(0, 80)}`);
    else if (type === 'boolean' && value !== 'true' && value !== 'false')
      problems.push(`line ${index + 1}: ${question} is neither true nor false`);
    else lines.push({ owner, question, type, value });
  }
  return { lines, problems };
};
