import { Text } from '@mantine/core';
import { useMutation, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { ConfirmModal } from '../act/confirm-modal';
import { call, perform } from '../api/call';
import { sentenceOf } from '../api/problem';
import { forget } from '../api/query';
import { lookAgain } from '../node-roles/look-again';
import { anyOfIds, useProposed, type Proposed } from '../node-roles/proposed';
import { ProposedView } from '../node-roles/proposed-view';
import { Listed } from '../shell/listed';
import { say } from '../shell/messages';
import { Loaded } from '../shell/page';
import type { BulkActsProps } from './bulk-acts';
import type { Bulk, BulkNode } from './bulks';

/** Nodes that are spoken of at once; the server has others to answer too. */
const AT_ONCE = 6;
const FIELDS = 'id,name,version,available,system';
const NOTHING: Proposed = { nodeRoles: [], destroys: [] };

interface BulkConfirmProps extends BulkActsProps {
  readonly bulk: Bulk;
  readonly onClose: () => void;
}

/**
 * Says before it begins what will be done, with which of the chosen nodes, and which it skips and why, by what they are now;
 * afterwards which of the others refused.
 */
export const BulkConfirm = ({ bulk, ids, onClose, onDone }: BulkConfirmProps) => {
  const { label, act, skip, commits = false } = bulk;
  const nodes = useNewest(ids);
  const proposed = useProposed(anyOfIds('node_id', ids), { enabled: commits });
  const known = commits ? proposed.data : NOTHING;
  const looked = known ? (nodes.data ?? []).map((node) => ({ node, why: skip(node, known) })) : [];
  const meant = looked.flatMap(({ node, why }) => (why === null ? [node] : []));
  const skipped = looked.flatMap(({ node, why }) => (why === null ? [] : [`${node.name} ${why}`]));
  const gone = nodes.data ? ids.length - nodes.data.length : 0;
  const destroys = known?.destroys ?? [];
  const work = useMutation({
    mutationFn: (these: readonly BulkNode[]) => withEach(these, act),
    onSuccess: (refused, { length }) => {
      forget('nodes', 'node_roles', 'anneal', 'deployments');
      void say({
        title: `${label}: ${length - refused.length} of ${length} done`,
        message: refused.join('\n'),
        color: refused.length === 0 ? 'green' : 'red',
        autoClose: refused.length === 0 ? undefined : false,
      });
      onClose();
      onDone();
    },
  });
  const confirm = async (): Promise<void> => {
    if (!commits || (await lookAgain(proposed, (data) => data.destroys))) work.mutate(meant);
  };
  return (
    <ConfirmModal
      opened
      onClose={onClose}
      onConfirm={() => void confirm()}
      title={`${label} ${meant.length} of ${ids.length} nodes`}
      name={toBeTyped(destroys.map(({ node }) => node))}
      destroys={destroys.map(({ name }) => name)}
      confirmLabel={label}
      busy={work.isPending || proposed.isFetching}
      ready={nodes.isSuccess && known !== undefined && meant.length > 0}
    >
      <Loaded of={nodes}>
        {() => (
          <>
            {commits ? null : <Names label={`${label}:`} names={meant.map(({ name }) => name)} />}
            <Names label="Skipped:" names={skipped} />
            {gone > 0 ? <Text size="sm">{gone} of those that were chosen are gone meanwhile.</Text> : null}
          </>
        )}
      </Loaded>
      {commits ? <Loaded of={proposed}>{(data) => <ProposedView proposed={data} />}</Loaded> : null}
    </ConfirmModal>
  );
};

/** The nodes as they are now, wherever they were chosen. */
const useNewest = (ids: readonly string[]): UseQueryResult<readonly BulkNode[]> =>
  useQuery({
    queryKey: ['nodes', 'chosen', ...ids],
    queryFn: async ({ signal }) => {
      const found: BulkNode[] = [];
      for (const filter of anyOfIds('id', ids)) {
        const query = { filter, fields: FIELDS, sort: 'name', limit: '1000' };
        found.push(...((await perform(call('get', '/api/v2/nodes', { query }), signal)).items as BulkNode[]));
      }
      return found;
    },
    staleTime: 0,
    gcTime: 0,
  });

/** Does it with one after the other, some at once, and tells what was refused. */
const withEach = async (nodes: readonly BulkNode[], act: Bulk['act']): Promise<string[]> => {
  const refused: string[] = [];
  const waiting = [...nodes];
  const lane = async (): Promise<void> => {
    for (let node = waiting.shift(); node; node = waiting.shift()) {
      const { name } = node;
      await perform(act(node).call).catch((error: unknown) => refused.push(`${name}: ${sentenceOf(error)}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return refused;
};

/** What shows that somebody read on which nodes something is destroyed: the name of the one, or how many they are. */
const toBeTyped = (destroyedOn: readonly string[]): string => {
  const nodes = [...new Set(destroyedOn)];
  return nodes.length === 1 ? (nodes[0] ?? '') : `${nodes.length} nodes`;
};

const Names = ({ label, names }: { readonly label: string; readonly names: readonly string[] }) =>
  names.length === 0 ? null : (
    <div>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Listed names={names} />
    </div>
  );
