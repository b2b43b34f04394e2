import { Button, Group } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useMayAct } from '../session/session';
import { BULKS, type Bulk } from './bulks';

const BulkConfirm = lazy(() => import('./bulk-confirm').then(({ BulkConfirm: component }) => ({ default: component })));

export interface BulkActsProps {
  /** Ids of the chosen nodes; what they are is read when it is decided what to do with them. */
  readonly ids: readonly string[];
  readonly onDone: () => void;
}

/** What can be done with many nodes at once. */
export const BulkActs = ({ ids, onDone }: BulkActsProps) => {
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
      {bulk ? (
        <Suspense fallback={null}>
          <BulkConfirm bulk={bulk} ids={ids} onClose={() => setBulk(null)} onDone={onDone} />
        </Suspense>
      ) : null}
    </Group>
  );
};
