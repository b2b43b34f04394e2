import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { perform } from '../api/call';
import { sentenceOf } from '../api/problem';
import { forget } from '../api/query';
import type { Act } from '../act/act';
import type { Node } from '../api/types';
import { useMayAct } from '../session/session';
import { say } from '../shell/messages';
import { commit, propose, setAvailable } from './acts';

/** One thing that is done with many nodes, and with which of them there is nothing to do. */
interface Bulk {
  readonly label: string;
  readonly act: (node: Node) => Act;
  /** Why a node is skipped; null when it is not. */
  readonly skip: (node: Node) => string | null;
}

const STANDS_IN = 'stands in for a deployment';

const BULKS: readonly Bulk[] = [
  { label: 'Commit', act: commit, skip: ({ state }) => (state === 'proposed' ? null : 'has nothing proposed') },
  { label: 'Propose', act: propose, skip: ({ system }) => (system ? STANDS_IN : null) },
  {
    label: 'Hold',
    act: (node) => setAvailable(node, false),
    skip: ({ available, system }) => (system ? STANDS_IN : available ? null : 'is held already'),
  },
  {
    label: 'Let work',
    act: (node) => setAvailable(node, true),
    skip: ({ available }) => (available ? 'may be worked on already' : null),
  },
];

/** Nodes that are spoken of at once; the server has others to answer too. */
const AT_ONCE = 6;

/** Says before it begins which of the chosen nodes it will skip, and why; afterwards which of the others refused. */
export const BulkActs = ({ nodes, onDone }: { readonly nodes: readonly Node[]; readonly onDone: () => void }) => {
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const refusal = useMayAct();
  return (
    <Group gap="xs">
      {BULKS.map((each) => (
        <Button
          key={each.label}
          size="xs"
          variant="light"
          disabled={refusal !== null}
          title={refusal ?? undefined}
          onClick={() => setBulk(each)}
        >
          {each.label}
        </Button>
      ))}
      {bulk ? <Confirm bulk={bulk} nodes={nodes} onClose={() => setBulk(null)} onDone={onDone} /> : null}
    </Group>
  );
};

const Confirm = ({
  bulk: { label, act, skip },
  nodes,
  onClose,
  onDone,
}: {
  readonly bulk: Bulk;
  readonly nodes: readonly Node[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}) => {
  const skipped = nodes.flatMap((node) => {
    const why = skip(node);
    return why === null ? [] : [{ node, why }];
  });
  const meant = nodes.filter((node) => skip(node) === null);
  const work = useMutation({
    mutationFn: async () => {
      const refused: string[] = [];
      const waiting = [...meant];
      const lane = async (): Promise<void> => {
        for (let node = waiting.shift(); node; node = waiting.shift()) {
          const { name } = node;
          await perform(act(node).call).catch((error: unknown) => refused.push(`${name}: ${sentenceOf(error)}`));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      return refused;
    },
    onSuccess: (refused) => {
      forget('nodes', 'node_roles', 'anneal');
      void say({
        title: `${label}: ${meant.length - refused.length} of ${meant.length} done`,
        message: refused.join('\n'),
        color: refused.length === 0 ? 'green' : 'red',
        autoClose: refused.length === 0 ? undefined : false,
      });
      onClose();
      onDone();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`${label} ${meant.length} of ${nodes.length} nodes`}>
      <Stack>
        {skipped.length > 0 ? (
          <>
            <Text size="sm">Skipped:</Text>
            <List size="sm">
              {skipped.map(({ node, why }) => (
                <List.Item key={node.id}>
                  {node.name} {why}
                </List.Item>
              ))}
            </List>
          </>
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={meant.length === 0} loading={work.isPending} onClick={() => work.mutate()} data-autofocus>
            {label}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};
