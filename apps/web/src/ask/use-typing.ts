import { useDebouncedValue } from '@mantine/hooks';
import { useState, type ChangeEvent } from 'react';

/** How long one may go on typing before what was typed is looked for, in milliseconds. */
const TYPING_MS = 200;

/** A text that is looked for while it is typed: what it came to after a short rest, and what its field needs. */
export const useTyping = (before: string, onType: (text: string) => void) => {
  const [value, setValue] = useState(before);
  const [typed] = useDebouncedValue(value, TYPING_MS);
  const onChange = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    setValue(currentTarget.value);
    onType(currentTarget.value);
  };
  return [typed, { value, onChange }] as const;
};
