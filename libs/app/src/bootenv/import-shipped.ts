import type { BootenvId } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { TemplateId } from '../ports/bootenv-store.js';
import type { ShippedBootenv, ShippedBootenvs, ShippedTemplate } from '../ports/shipped-bootenvs.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';

/**
 * Brings the boot environments of this version in, and up to it. What somebody has edited stays as they want it; what is
 * still as an earlier version brought it is replaced. Every start calls it, and mostly it finds nothing to do.
 */
export class ImportShippedBootenvs {
  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>,
    private readonly shipped: ShippedBootenvs,
  ) {}

  async execute(actor: Actor): Promise<{ readonly changed: readonly string[] }> {
    const { templates, bootenvs } = await this.shipped.load();
    return await this.parts.unitOfWork.write(actor, async (tx) => {
      const changed: string[] = [];
      for (const template of templates)
        if (await this.template(tx, template)) changed.push(`template ${template.name}`);
      for (const bootenv of bootenvs)
        if (await this.bootenv(tx, bootenv)) changed.push(`boot environment ${bootenv.name}`);
      return { changed };
    });
  }

  private async template(tx: Transaction, template: ShippedTemplate): Promise<boolean> {
    const there = await tx.templates.find(template.name, { lock: true });
    const row = { ...template, shipped: template.source };
    if (!there) {
      if (!(await tx.templates.insert({ ...row, id: this.parts.ids.next<TemplateId>() }))) return false;
      tx.tell({ kind: 'template.created', data: { name: template.name } });
      return true;
    }
    if (there.shipped === null || there.source !== there.shipped || there.source === template.source) return false;
    await tx.templates.update(there.id, row);
    tx.tell({ kind: 'template.changed', data: { name: template.name } });
    return true;
  }

  private async bootenv(tx: Transaction, bootenv: ShippedBootenv): Promise<boolean> {
    const there = await tx.bootenvs.find(bootenv.name, { lock: true });
    const { name, description, local, params, files } = bootenv;
    const row = { name, description, local, params, files, shipped: { params, files } };
    if (!there) {
      const id = this.parts.ids.next<BootenvId>();
      if (!(await tx.bootenvs.insert({ ...row, id, kernel: null, initrds: [] }))) return false;
      tx.tell({ kind: 'bootenv.created', data: { name } });
      return true;
    }
    const isOurs = there.shipped !== null && isSame(there, there.shipped);
    if (!isOurs || isSame(there, bootenv)) return false;
    await tx.bootenvs.update(there.id, row);
    tx.tell({ kind: 'bootenv.changed', data: { name } });
    return true;
  }
}

type Content = { readonly params: readonly string[]; readonly files: Readonly<Record<string, string>> };

const isSame = (a: Content, b: Content): boolean => textOf(a) === textOf(b);

const textOf = ({ params, files }: Content): string =>
  JSON.stringify([params, Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))]);
