import { parseValue } from '../command/assignments.js';
import { leaf, type Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';
import { patchOne } from '../resource/update.js';

export const declare: Declare = (program, terminal) => {
  const look = { columns: [{ field: 'key' }, { field: 'value' }, { field: 'description' }], nameOf: byFields('key') };
  const settings = declareNoun(program, terminal, {
    name: 'settings',
    aliases: ['setting'],
    summary: 'What may be tuned while Anneal runs',
    one: 'setting',
    key: 'setting',
    tag: 'settings',
    look,
    without: ['update', 'list'],
    verbs: [],
  });
  leaf(settings, terminal, {
    usage: 'list',
    aliases: ['ls'],
    summary: 'list settings',
    run: async ({ client, printer }) =>
      await printer.list((await client.get<{ items: Record<string, unknown>[] }>('settings.list')).items, look),
  });
  leaf(settings, terminal, {
    usage: 'set <setting> <value>',
    aliases: ['update'],
    summary: 'change a setting',
    examples: ['anneal settings set runs_at_once_max 50', 'anneal settings set unknown_bootenv discovery'],
    run: async ({ client, printer }, [key, value]) =>
      await printer.row(
        await patchOne(client, { show: 'settings.show', patch: 'settings.patch' }, String(key), {
          value: parseValue(String(value)),
        }),
        look,
      ),
  });
};
