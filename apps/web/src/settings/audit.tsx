import { call } from '../api/call';
import { usePages } from '../api/pages';
import { Rows } from '../shell/rows';
import { Since } from '../shell/since';

interface Entry {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly status: number;
}

/** Who did what, the newest first. */
export const Audit = () => {
  const query = usePages<Entry>(call('get', '/api/v2/audit'));
  return (
    <Rows
      of={query}
      columns={[
        { id: 'at', label: 'When', cell: ({ at }: Entry) => <Since at={at} /> },
        { id: 'actor', label: 'Who', cell: ({ actor }: Entry) => actor },
        { id: 'action', label: 'What', width: 2, cell: ({ action }: Entry) => action },
        { id: 'subject', label: 'To what', width: 2, cell: ({ subject }: Entry) => subject },
        { id: 'status', label: 'Answer', cell: ({ status }: Entry) => status },
      ]}
      idOf={({ id }: Entry) => String(id)}
      label="Audit"
      empty="Nobody has changed anything yet."
    />
  );
};
