import { confirm } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { EXIT } from '../exit.js';
import { forEachKey } from '../resource/for-each-key.js';
import { NODE_ROLE_LOOK, RELATIVE_LOOK } from '../resource/looks.js';
import { versionOf } from '../resource/update.js';

/** Binding and unbinding: what changes the shape of the graph. */
export const declareBinding: Declare = (nodeRoles, terminal) => {
  leaf<{ deployment?: string }>(nodeRoles, terminal, {
    usage: 'bind <role> <node...>',
    summary: 'bind a role to nodes, with all that it needs there',
    says: 'It is proposed: nothing runs before it is committed. What is bound already stays as it is.',
    options: [['--deployment <deployment>', 'in which; that of the node when absent']],
    examples: ['anneal node-roles bind web-server node-1.example.test node-2.example.test --deployment web'],
    run: async ({ client, printer }, [role, given], { deployment }) => {
      const nodes = given as readonly string[];
      if (deployment !== undefined && nodes.length > 1) {
        const { body } = await client.send<{ bound: { id: string }[]; created: Record<string, unknown>[] }>(
          'deployments.bulk',
          {
            params: { key: deployment },
            body: { bind: nodes.map((node) => ({ role, node })) },
          },
        );
        return await printer.list(body.created, {
          columns: [{ field: 'name' }, { field: 'id' }],
          nameOf: (each) => String(each['name']),
        });
      }
      const bound: Record<string, unknown>[] = [];
      for (const node of nodes)
        bound.push(
          (
            await client.send<Record<string, unknown>>('node_roles.create', {
              body: { role, node, ...(deployment === undefined ? {} : { deployment }) },
            })
          ).body,
        );
      await printer.list(bound, NODE_ROLE_LOOK);
    },
  });
  leaf<{ yes?: boolean }>(nodeRoles, terminal, {
    usage: 'unbind <role@node...>',
    aliases: ['delete', 'rm'],
    summary: 'take a role off a node, with what depends on it where that has not run',
    options: [['-y, --yes', 'do not ask']],
    run: async (invocation, [given], options) => {
      const keys = given as readonly string[];
      if (!(await confirm(invocation, `Unbind ${keys.join(', ')}?`, options))) return EXIT.failed;
      const { client, printer } = invocation;
      return await forEachKey(invocation, keys, async (key) => {
        const ifMatch = await versionOf(client, 'node_roles.show', key, undefined);
        const { body } = await client.send<{ unbound: string[] }>('node_roles.delete', { params: { key }, ifMatch });
        if (printer.format === 'json' || printer.format === 'yaml') await printer.document(body);
        else printer.lines(body.unbound);
      });
    },
  });
  leaf<{ to: string }>(nodeRoles, terminal, {
    usage: 'repoint <role@node> <parent>',
    summary: 'give it another parent than the one that binding chose',
    needed: [['--to <role@node>', 'the parent to have instead; `parents` lists the candidates']],
    run: async ({ client, printer }, [key, parent], { to }) => {
      const { body } = await client.send<{ items: Record<string, unknown>[] }>('node_roles.repoint', {
        params: { key: String(key), parent: String(parent) },
        body: { to },
      });
      await printer.list(body.items, RELATIVE_LOOK);
    },
  });
};
