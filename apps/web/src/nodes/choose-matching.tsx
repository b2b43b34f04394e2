import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { call, perform } from '../api/call';
import { sentenceOf } from '../api/problem';
import { say } from '../shell/messages';

export interface ChooseMatchingProps {
  readonly filter: string | undefined;
  readonly sort: string;
  readonly onChosen: (ids: readonly string[]) => void;
}

/** So many nodes are chosen at once at the most: what is done with them is one call for each. */
const CHOSEN_MAX = 500;

/** Chooses every node that matches what is looked for, those too that nobody has scrolled to. */
export const ChooseMatching = ({ filter, sort, onChosen }: ChooseMatchingProps) => {
  const choosing = useMutation({
    mutationFn: () =>
      perform(call('get', '/api/v2/nodes', { query: { filter, sort, fields: 'id', limit: String(CHOSEN_MAX) } })),
    onSuccess: ({ items, next_cursor: next }) => {
      onChosen(items.flatMap(({ id }) => id ?? []));
      if (next !== null)
        void say({
          title: `More than ${CHOSEN_MAX} nodes match`,
          message: `The first ${CHOSEN_MAX} are chosen. Narrow the filter, or come back for the others.`,
          color: 'yellow',
          autoClose: false,
        });
    },
    onError: (error) => void say({ title: 'Nothing was chosen', message: sentenceOf(error), color: 'red' }),
  });
  return (
    <Button
      size="xs"
      variant="subtle"
      loading={choosing.isPending}
      title={`At most ${CHOSEN_MAX} at once`}
      onClick={() => choosing.mutate()}
    >
      Choose all that match
    </Button>
  );
};
