import { refuse, type Refusal } from '#core';
import type { JigRun, RoleFile } from '#app';
import { indexAttribs } from './attrib-index.js';

/** Where the runner keeps things on a node. */
export interface NodeFolders {
  /** Survives a reboot: remembers the highest fence seen. */
  readonly state: string;
  /** Private folders of running attempts, in memory: attributes may hold secrets. */
  readonly run: string;
}

/** All of a role's files and attributes together. More than this is an image, and belongs in the catalog's image store. */
export const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;

/**
 * What is sent to the runner on standard input: a table of lengths, then the pieces, one after the other. Nothing in it
 * is quoted or encoded, because nothing in it is ever parsed as shell text. Bash cannot hold a NUL byte, so it is refused.
 */
export function packBundle(run: JigRun, nonce: string, installation: string, folders: NodeFolders): Buffer | Refusal {
  const scripts = scriptsOf(run.files);
  if (scripts.length === 0) {
    return refuse('invalid', `role ${run.roleName} has nothing to run: put at least one *.sh file into its folder`);
  }
  for (const file of run.files) {
    const fault = faultOf(file);
    if (fault) return refuse('invalid', `role ${run.roleName}: file ${JSON.stringify(file.path)} ${fault}`);
  }
  const attribs = indexAttribs(run.attribs);
  const pieces = [
    nonce,
    String(run.fence),
    installation,
    folders.state,
    folders.run,
    attribs.json,
    attribs.index,
    attribs.strings,
  ];
  for (const [name, value] of Object.entries(variablesOf(run))) pieces.push('variable', name, value);
  const isScript = new Set(scripts);
  for (const file of scripts) pieces.push('script', file.path, file.content);
  for (const file of run.files) if (!isScript.has(file)) pieces.push('file', file.path, file.content);
  return join(pieces, run);
}

/** The scripts in the order in which they run: by byte, as `LC_ALL=C ls` lists them; those in subfolders are not run. */
export const scriptsOf = (files: readonly RoleFile[]): RoleFile[] =>
  files
    .filter((file) => file.path.endsWith('.sh') && !file.path.includes('/'))
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));

/** What scripts find in their environment beside the attributes. */
const variablesOf = (run: JigRun): Record<string, string> => ({
  ANNEAL_ROLE: run.roleName,
  ANNEAL_NODE: run.node.name,
  ANNEAL_RUN_ID: run.runId,
  ANNEAL_ATTEMPT: String(run.attempt),
});

function faultOf(file: RoleFile): string | null {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(file.path)) return 'has a control character in its name; rename it';
  const steps = file.path.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..')) {
    return 'must be a path inside the role folder, without empty or dotted steps';
  }
  if (file.content.includes('\0')) return 'holds a NUL byte, which a shell cannot; encode it, for example as base64';
  return null;
}

function join(pieces: readonly string[], run: JigRun): Buffer | Refusal {
  const body = Buffer.from(pieces.join(''));
  if (body.length > BUNDLE_BYTES_MAX) {
    return refuse(
      'too-large',
      `role ${run.roleName} with its attributes is ${body.length} bytes, more than the ${BUNDLE_BYTES_MAX} that can be sent to a node at once; fetch large files from the image store instead`,
    );
  }
  const table = pieces.map((piece) => Buffer.byteLength(piece)).join(' ');
  return Buffer.concat([Buffer.from(`${table.length}\n${table}`), body]);
}
