import { Select, type SelectProps } from '@mantine/core';

export interface AnyOfProps extends Omit<SelectProps, 'value' | 'onChange' | 'clearable'> {
  /** Empty for any. */
  readonly value: string;
  readonly onChange: (to: string) => void;
}

/** A choice that narrows what is shown; nothing chosen is all of it. */
export const AnyOf = ({ value, onChange, placeholder = 'Any', ...select }: AnyOfProps) => (
  <Select
    {...select}
    placeholder={placeholder}
    clearable
    value={value === '' ? null : value}
    onChange={(to) => onChange(to ?? '')}
  />
);
