import { SCRIPT_TEMPLATE, type ViewBootenv, type ViewDocument, type ViewTemplate } from '#core';
import type { BootenvView, TemplateView } from '../ports/bootenv-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** A boot environment as netboot answers from it, with why it cannot be used. */
export const bootenvDocument = (bootenv: BootenvView, templates: ReadonlyMap<string, TemplateView>): ViewBootenv => {
  const found: ViewTemplate[] = [];
  const errors: string[] = [];
  for (const [path, name] of Object.entries(bootenv.files)) {
    const template = templates.get(name);
    if (template) found.push({ path, source: template.source, ...(template.secret ? { secret: true } : {}) });
    else errors.push(`there is no template ${name}, which is its ${path}`);
  }
  const script = found.find(({ path }) => path === SCRIPT_TEMPLATE);
  if (!script && errors.length === 0) errors.push(`it has no ${SCRIPT_TEMPLATE}: give it a template under that path`);
  if (script && !bootenv.kernel && /\{[{%][^}]*\bkernel\./.test(script.source))
    errors.push('it has no kernel: put one among the boot files, and name it with its SHA-256');
  const { name, kernel, initrds, params, local } = bootenv;
  return { name, kernel, initrds, params, templates: found, local, errors };
};

/** All boot environments, as documents of the boot view. */
export const bootenvDocuments = async (tx: Transaction): Promise<ViewDocument[]> => {
  const templates = new Map((await tx.templates.all()).map((template) => [template.name, template]));
  return (await tx.bootenvs.all()).map((bootenv) => ({
    kind: 'bootenv',
    id: bootenv.id,
    body: bootenvDocument(bootenv, templates),
  }));
};
