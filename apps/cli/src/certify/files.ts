import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { RouteId } from '../client/route.js';
import type { Invocation } from '../command/invocation.js';
import { leaf } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT, Stop, usage } from '../exit.js';

/** What can be had of a certification as a file, by the word of `--as`. */
const FORMS: Readonly<Record<string, RouteId>> = {
  html: 'certifications.report_html',
  json: 'certifications.report',
  junit: 'certifications.junit',
  stream: 'certifications.stream',
  evidence: 'certifications.evidence',
  refstack: 'certifications.refstack',
};

interface ReportOptions {
  readonly as: string;
  readonly file?: string;
}

/** `anneal certify report` */
export const declareReport = (parent: Command, terminal: Terminal): void => {
  leaf<ReportOptions>(parent, terminal, {
    usage: 'report <certification>',
    summary: 'write its report to a file, or print it',
    says: 'html is one page to read, print or send; json holds everything; junit is for other tools; stream is what the suite told, byte for byte; evidence is all that it rests upon in one signed archive; refstack is what RefStack takes.',
    options: [
      ['--as <form>', Object.keys(FORMS).join(', '), 'html'],
      ['--file <file>', 'where to write it; else it goes to stdout'],
    ],
    examples: [
      'anneal certify report 0190… --file report.html',
      'anneal certify report 0190… --as json | jq .verdicts',
    ],
    run: async (invocation, [key], { as, file }) => {
      const route = Object.hasOwn(FORMS, as) ? FORMS[as] : undefined;
      if (!route) throw usage(`--as ${as} is no form.`, `There are ${Object.keys(FORMS).join(', ')}.`);
      const bytes = await bytesOf(invocation, route, String(key));
      if (file === undefined) return void terminal.stdout.write(bytes);
      await save(file, bytes);
      invocation.progress.line(`${file}: ${bytes.length} bytes`);
    },
  });
};

/** The whole answer, byte for byte. */
export const bytesOf = async ({ client, signal }: Invocation, route: RouteId, key: string): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of await client.open(route, { params: { key }, accept: '*/*' }, signal)) pieces.push(piece);
  return Buffer.concat(pieces);
};

const save = async (file: string, bytes: Uint8Array): Promise<void> => {
  try {
    await writeFile(file, bytes);
  } catch (cause) {
    throw new Stop(EXIT.failed, `${file} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
};
