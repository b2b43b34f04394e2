import { Stop } from '../exit.js';
import { ApiProblem } from '../client/problem.js';
import { harmless, harmlessLines } from './cell.js';

/** One part of a request or a document that is not as it should be. */
interface Fault {
  readonly at?: string;
  readonly says?: string;
  readonly message?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly suggestion?: string;
}

/**
 * An error as the operator reads it: what is wrong, the things it speaks of, and what to do. The chain of causes is
 * printed only for what is a fault of this program.
 */
export const describeError = (error: unknown, { trace }: { trace: boolean }): string => {
  if (error instanceof ApiProblem) {
    const lines = [`error: ${harmlessLines(error.message)}`, ...fieldLines(error.fields, error.message)];
    if (error.advice) lines.push(error.advice);
    if ((trace || error.status >= 500) && error.traceId)
      lines.push(`${error.request} ${error.status} ${error.code}, trace id ${error.traceId}`);
    return lines.join('\n');
  }
  if (error instanceof Stop) {
    const lines = [`error: ${harmlessLines(error.message)}`];
    if (error.advice) lines.push(error.advice);
    if (trace) lines.push(...causesOf(error.cause));
    return lines.join('\n');
  }
  return ['error: a fault of this program; please report it with these lines:', ...causesOf(error)].join('\n');
};

/** What the sentence has said already is not said again. */
const fieldLines = (fields: Readonly<Record<string, unknown>>, message: string): string[] => {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value) && value.some(isFault))
      lines.push(...(value as Fault[]).map((fault) => `  ${faultLine(fault)}`));
    else if (
      value !== null &&
      value !== undefined &&
      value !== '' &&
      !(typeof value !== 'object' && message.includes(String(value)))
    )
      lines.push(`  ${name.replace(/_/g, ' ')}: ${shown(value)}`);
  }
  return lines;
};

const isFault = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('says' in value || 'message' in value);

const faultLine = (fault: Fault): string => {
  const place = fault.file
    ? `${fault.file}${fault.line ? `:${fault.line}${fault.column ? `:${fault.column}` : ''}` : ''}: `
    : fault.line
      ? `line ${fault.line}: `
      : fault.at
        ? `${fault.at}: `
        : '';
  const suggestion = fault.suggestion ? ` (${fault.suggestion})` : '';
  return harmless(`${place}${fault.says ?? fault.message ?? ''}${suggestion}`);
};

/** Longest value of a field that is printed; the rest is in `-o json` of the thing itself. */
const VALUE_LENGTH_MAX = 500;

const shown = (value: unknown): string => {
  const text =
    Array.isArray(value) && value.every((each) => typeof each !== 'object')
      ? value.join(', ')
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return harmless(text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text);
};

const CAUSES_MAX = 8;

const causesOf = (error: unknown): string[] => {
  const lines: string[] = [];
  for (
    let cause = error;
    cause !== undefined && cause !== null && lines.length < CAUSES_MAX;
    cause = (cause as { cause?: unknown }).cause
  )
    lines.push(
      `${lines.length === 0 ? '' : 'caused by: '}${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`,
    );
  return lines;
};
