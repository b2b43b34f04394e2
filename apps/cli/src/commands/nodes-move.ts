import { leaf, type Declare } from '../command/leaf.js';
import { byFields } from '../output/printer.js';
import { patchOne } from '../resource/update.js';

/** `anneal nodes move`: another deployment for a node, with the noderoles that follow it. */
export const declareMove: Declare = (nodes, terminal) => {
  leaf<{ to: string; dryRun?: boolean }>(nodes, terminal, {
    usage: 'move <node>',
    summary: 'give a node to another deployment; proposed noderoles that never ran follow',
    needed: [['--to <deployment>', 'the deployment']],
    options: [['--dry-run', 'only say what would follow']],
    run: async ({ client, printer, progress }, [key], { to, dryRun }) => {
      const moved = await client.get<{ follow: string[]; stay: string[] }>('nodes.move', {
        params: { key: String(key) },
        query: { deployment: to },
      });
      if (dryRun && printer.isData) return await printer.document(moved);
      for (const name of moved.follow) progress.line(`${name} follows`);
      for (const name of moved.stay) progress.line(`${name} stays`);
      if (dryRun) return;
      const node = await patchOne(client, { show: 'nodes.show', patch: 'nodes.patch' }, String(key), {
        deployment: to,
      });
      await printer.row(node, {
        columns: [{ field: 'name' }, { field: 'deployment' }, { field: 'state' }],
        nameOf: byFields('name'),
      });
    },
  });
};
