import { leaf, type Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { declareNoun } from '../resource/noun.js';

export const declare: Declare = (program, terminal) => {
  const bootenvs = declareNoun(program, terminal, {
    name: 'bootenvs',
    aliases: ['bootenv'],
    summary: 'What machines boot on the network',
    one: 'boot environment',
    key: 'bootenv',
    tag: 'bootenvs',
    look: {
      columns: [
        { field: 'name' },
        { field: 'local' },
        { field: 'description' },
        { field: 'files', wide: true },
        { field: 'version', wide: true },
        { field: 'id', wide: true },
      ],
      nameOf: byFields('name', 'id'),
    },
    examples: { create: [`anneal bootenvs create rescue 'files={"boot.ipxe":"site.ipxe"}'`] },
  });
  leaf(bootenvs, terminal, {
    usage: 'render <bootenv> [node]',
    summary: 'show what a node would get, or a machine that is none yet',
    run: async (invocation, [bootenv, node]) => {
      const { body } = await invocation.client.send('bootenvs.render', {
        params: { key: String(bootenv) },
        ...(node === undefined ? {} : { query: { node: String(node) } }),
      });
      await invocation.printer.document(body);
    },
  });
};
