import { leaf, type Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { BODY_OPTIONS, fieldsText, readBody, type BodyOptions } from '../resource/body.js';

/** `anneal nodes adopt`: a machine that runs already, taken in as it is. */
export const declareAdopt: Declare = (nodes, terminal) => {
  leaf<BodyOptions>(nodes, terminal, {
    usage: 'adopt <address> [field=value...]',
    summary: 'take in a machine that runs already, as it is',
    says: `It must let this installation's key log in as root. ${fieldsText('nodes.adopt')}`,
    options: BODY_OPTIONS,
    examples: [
      'anneal nodes adopt 192.168.124.90 name=db1.example.test',
      "anneal nodes adopt fd00::90 commit=true 'host_key=ssh-ed25519 AAAA…'",
    ],
    run: async ({ client, printer, progress }, [address, set], options) => {
      const given = { ...options, set: [...((set as readonly string[] | undefined) ?? []), ...(options.set ?? [])] };
      const body = await readBody('nodes.adopt', given, terminal, { address: String(address) });
      const { body: node } = await client.send<Record<string, unknown>>('nodes.adopt', { body });
      progress.line(`${String(node['name'])} is being asked what it is: anneal events --node ${String(node['name'])}`);
      await printer.row(node, {
        columns: [{ field: 'name' }, { field: 'lifecycle' }, { field: 'address' }, { field: 'deployment' }],
        nameOf: byFields('name'),
      });
    },
  });
};
