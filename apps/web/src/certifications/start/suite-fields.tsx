import { NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { readSettings } from './settings-text';

/** How the suite is run, and a note: what starting, resuming and retrying ask for alike. */
export interface SuiteOptions {
  readonly concurrency: number;
  /** A line each. */
  readonly settings: string;
  readonly note: string;
}

export const NO_OPTIONS: SuiteOptions = { concurrency: 0, settings: '', note: '' };
const WORKERS_MAX = 64;

export const SuiteFields = ({
  value,
  onChange,
}: {
  readonly value: SuiteOptions;
  readonly onChange: (to: SuiteOptions) => void;
}) => (
  <Stack gap="sm">
    <NumberInput
      label="Workers of the suite"
      description="0 lets it count processors"
      min={0}
      max={WORKERS_MAX}
      allowDecimal={false}
      value={value.concurrency}
      onChange={(to) => onChange({ ...value, concurrency: Number(to) || 0 })}
    />
    <Textarea
      label="Settings of the suite"
      description="A line each: section.key = value. They are shown with the results, so no secret belongs here"
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      error={readSettings(value.settings).wrong}
      value={value.settings}
      onChange={({ currentTarget }) => onChange({ ...value, settings: currentTarget.value })}
    />
    <TextInput
      label="Note"
      description="Kept with the results"
      value={value.note}
      onChange={({ currentTarget }) => onChange({ ...value, note: currentTarget.value })}
    />
  </Stack>
);

/** Only what was said. */
export const suiteBody = ({ concurrency, settings, note }: SuiteOptions) => {
  const read = readSettings(settings).settings;
  return {
    ...(concurrency > 0 ? { concurrency } : {}),
    ...(Object.keys(read).length > 0 ? { settings: read } : {}),
    ...(note.trim() === '' ? {} : { note: note.trim() }),
  };
};
