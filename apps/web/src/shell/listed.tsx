import { List } from '@mantine/core';

/** So many are listed; of the rest the number is said. */
const LISTED_MAX = 12;

/** The first of many names, and how many more there are. */
export const Listed = ({ names, max = LISTED_MAX }: { readonly names: readonly string[]; readonly max?: number }) => (
  <List size="sm">
    {names.slice(0, max).map((name) => (
      <List.Item key={name}>{name}</List.Item>
    ))}
    {names.length > max ? <List.Item>and {names.length - max} more</List.Item> : null}
  </List>
);
