import { isRefusal, refuse, type Refusal } from '#core';
import { lookUp } from '../named.js';
import type { ModelParts } from '../model-parts.js';
import type { Actor } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';
import { refuseStale } from '../stale.js';

/** Names that a refusal lists. */
const NAMED_MAX = 5;

type Input = { readonly key: string; readonly version?: number };

/** Deletes a template that no boot environment uses. */
export class DeleteTemplate {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, { key, version }: Input): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const template = await lookUp(
        key,
        (k) => tx.templates.find(k, { lock: true }),
        'template',
        'see `anneal templates list`',
      );
      if (isRefusal(template)) return template;
      const users = (await tx.bootenvs.all()).filter(({ files }) => Object.values(files).includes(template.name));
      const refusal =
        refuseStale(`template ${template.name}`, template, version) ??
        (users.length === 0
          ? null
          : refuse(
              'conflict',
              `template ${template.name} is used by ${listed(users.map(({ name }) => name))}: take it out of there first.`,
              { bootenvs: users.map(({ name }) => name) },
            ));
      if (refusal) return refusal;
      await tx.templates.delete(template.id);
      tx.tell({ kind: 'template.deleted', data: { name: template.name } });
      return { deleted: template.name };
    });
  }
}

/** Deletes a boot environment that no node has. Those that come with Anneal stay: new nodes get them. */
export class DeleteBootenv {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, { key, version }: Input): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const bootenv = await lookUp(
        key,
        (k) => tx.bootenvs.find(k, { lock: true }),
        'boot environment',
        'see `anneal bootenvs list`',
      );
      if (isRefusal(bootenv)) return bootenv;
      const stale = refuseStale(`boot environment ${bootenv.name}`, bootenv, version);
      if (stale) return stale;
      if (bootenv.shipped)
        return refuse('conflict', `boot environment ${bootenv.name} comes with Anneal: change it if it does not fit.`);
      if ((await readSetting(tx, 'unknown_bootenv')) === bootenv.name)
        return refuse(
          'conflict',
          `boot environment ${bootenv.name} is the one of machines that nobody knows: set unknown_bootenv to another first.`,
          { setting: 'unknown_bootenv' },
        );
      const nodes = await tx.bootenvs.nodesWith(bootenv.name, NAMED_MAX + 1);
      if (nodes.length > 0)
        return refuse(
          'conflict',
          `boot environment ${bootenv.name} is that of ${listed(nodes)}: give them another first.`,
          {
            nodes: nodes.slice(0, NAMED_MAX),
          },
        );
      await tx.bootenvs.delete(bootenv.id);
      tx.tell({ kind: 'bootenv.deleted', data: { name: bootenv.name } });
      return { deleted: bootenv.name };
    });
  }
}

const listed = (names: readonly string[]): string =>
  names.length > NAMED_MAX ? `${names.slice(0, NAMED_MAX).join(', ')} and others` : names.join(', ');
