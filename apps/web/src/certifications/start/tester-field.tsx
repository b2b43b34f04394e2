import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../../api/call';
import { reading } from '../../api/query';

const TYPING_MS = 150;
/** Nodes that are offered; who types on is offered others. */
const OFFERED_MAX = '20';

/** The node that runs the suite. */
export const TesterField = ({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (to: string) => void;
}) => {
  const [typed] = useDebouncedValue(value.trim(), TYPING_MS);
  const query = useQuery({
    ...reading(
      call('get', '/api/v2/nodes', {
        query: {
          filter: ['system eq false', ...(typed ? [`name contains ${JSON.stringify(typed)}`] : [])].join(' and '),
          fields: 'id,name',
          limit: OFFERED_MAX,
          sort: 'name',
        },
      }),
    ),
    placeholderData: keepPreviousData,
  });
  return (
    <Autocomplete
      label="Tester"
      description="The node that runs the suite; needed unless just one is bound to its role. It is bound where it is not"
      data={(query.data?.items ?? []).flatMap(({ name }) => name ?? [])}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
    />
  );
};
