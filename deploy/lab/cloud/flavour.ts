import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { CHECKOUT } from '#runtime';

/**
 * Which node of a cloud has which roles: a file as `anneal apply` takes it, in deploy/lab/cloud. What only a lab knows (the
 * proxy, the addresses of the provider network) is laid over it; the file itself would do for machines as well.
 */
export interface Flavour {
  readonly name: string;
  /** Names of its nodes, which the lab gives to containers, in their order. */
  readonly nodes: readonly string[];
  readonly deployment: string;
  readonly description: string;
  readonly document: FlavourDocument;
}

type Values = Record<string, Record<string, unknown>>;

interface FlavourDocument {
  name: string;
  description?: string;
  roles?: Values;
  nodes: Record<string, unknown>;
}

const FOLDER = join(CHECKOUT, 'deploy/lab/cloud');

/** Reads a flavour. Throws with the names that there are where it is none of them. */
export async function readFlavour(name: string): Promise<Flavour> {
  const there = (await readdir(FOLDER)).flatMap((file) => /^(.*)\.yaml$/.exec(file)?.[1] ?? []);
  if (!there.includes(name)) throw new Error(`--flavour takes ${there.sort().join(', ')}`);
  const document = parse(await readFile(join(FOLDER, `${name}.yaml`), 'utf8')) as FlavourDocument;
  const nodes = Object.keys(document.nodes);
  return { name, nodes, deployment: document.name, description: document.description ?? name, document };
}

/** The file with values of roles laid over its own, as text. */
export function withValues({ document }: Flavour, values: Values): string {
  const roles: Values = { ...document.roles };
  for (const [role, given] of Object.entries(values)) roles[role] = { ...roles[role], ...given };
  return stringify({ ...document, roles });
}

/** Names of its nodes that have the role. */
export function nodesWith({ document, nodes }: Flavour, role: string): readonly string[] {
  return nodes.filter((node) => {
    const { roles } = document.nodes[node] as { roles?: readonly string[] | Readonly<Record<string, unknown>> };
    return roles !== undefined && (Array.isArray(roles) ? roles : Object.keys(roles)).includes(role);
  });
}
