import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call';
import { reading } from '../../api/query';
import type { components } from '../../api/schema.gen';

type Guideline = components['schemas']['Guideline'];

/** As many as a list gives at once; the guidelines of all years are some dozens. */
const GUIDELINES_MAX = '1000';

/** By what a cloud is measured: programs of guidelines, as `guideline/program`. */
export const GoalsField = ({
  value,
  onChange,
}: {
  readonly value: readonly string[];
  readonly onChange: (to: readonly string[]) => void;
}) => {
  const query = useQuery(
    reading(
      call('get', '/api/v2/guidelines', { query: { filter: 'latest eq true', limit: GUIDELINES_MAX, sort: '-name' } }),
    ),
  );
  const guidelines = (query.data?.items ?? []) as readonly Guideline[];
  const names = guidelines.map(({ name }) => name);
  const data = guidelines.map((guideline) => {
    // Two kinds may have a guideline of one name; then only the id says which.
    const key = names.indexOf(guideline.name) === names.lastIndexOf(guideline.name) ? guideline.name : guideline.id;
    return {
      group: `${guideline.name}, ${guideline.kind}`,
      items: guideline.programs.map(({ name, must_pass: count }) => ({
        value: `${key}/${name}`,
        label: `${guideline.name}/${name}, ${count} must-pass tests`,
      })),
    };
  });
  return (
    <MultiSelect
      label="Goals"
      description={
        query.data?.items.length === 0
          ? 'There is no guideline yet: import one first.'
          : 'Programs of guidelines; their tests are run once'
      }
      required
      searchable
      data={data}
      value={[...value]}
      onChange={onChange}
    />
  );
};

/** Without what is no goal. A program has no slash in its name. */
export const goalsOf = (texts: readonly string[]): { guideline: string; program: string }[] =>
  texts.flatMap((text) => {
    const [, guideline, program] = /^(.+)\/([^/]+)$/.exec(text) ?? [];
    return guideline && program ? [{ guideline, program }] : [];
  });
