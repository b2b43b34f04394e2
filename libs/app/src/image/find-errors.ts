import { bootenvDocument } from '../bootenv/document.js';
import type { ImageContents } from '../ports/image-contents.js';
import type { NewImage } from '../ports/image-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Why the content of an image cannot be given out; empty when it can, and where nobody keeps contents. */
export const contentErrors = async (
  contents: ImageContents | undefined,
  { sha256, bytes }: Pick<NewImage, 'sha256' | 'bytes'>,
): Promise<readonly string[]> => {
  if (!contents || sha256 === null) return [];
  const problem = await contents.problem({ sha256, bytes });
  return problem === null ? [] : [problem];
};

/** Why its boot environment cannot be booted; empty when it can. */
export const bootenvErrors = async (tx: Transaction, name: string): Promise<readonly string[]> => {
  const bootenv = await tx.bootenvs.find(name);
  if (!bootenv) return [`there is no boot environment ${name}, in which a machine would install it`];
  const templates = new Map((await tx.templates.all()).map((template) => [template.name, template]));
  return bootenvDocument(bootenv, templates).errors.map((error) => `boot environment ${name}: ${error}`);
};
