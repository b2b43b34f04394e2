import {
  Button,
  Group,
  JsonInput,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { faultOf } from './fault-of';
import { fieldOf, withoutNull, type JsonSchema } from './json-schema';

export interface SchemaFormProps {
  readonly schema: JsonSchema;
  /** What is there now; nothing for something new. */
  readonly value?: Readonly<Record<string, unknown>>;
  readonly submitLabel: string;
  readonly busy: boolean;
  /** Only what was changed. */
  readonly onSubmit: (body: Record<string, unknown>) => void;
  /** Sentences of the server, by field. */
  readonly faults?: Readonly<Record<string, string>>;
  /** What stands beside the button, told what would be submitted now; null while that is no sound body. */
  readonly besides?: (body: Record<string, unknown> | null) => ReactNode;
}

/** A form for an object, from its schema: every field with its description, the required ones first. */
export const SchemaForm = (props: SchemaFormProps) => {
  const { schema, value = {}, submitLabel, busy, onSubmit, faults = {}, besides } = props;
  const [changed, setChanged] = useState<Readonly<Record<string, unknown>>>({});
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const required = new Set(schema.required ?? []);
  const names = Object.keys(schema.properties ?? {}).sort((a, b) => Number(required.has(b)) - Number(required.has(a)));
  const [asked, setAsked] = useState(false);
  const set = (name: string, to: unknown): void => {
    setBroken((before) => new Set([...before].filter((each) => each !== name)));
    setChanged((before) => ({ ...before, [name]: to }));
  };
  const body = Object.fromEntries(Object.entries(changed).filter(([, each]) => each !== undefined));
  const isNeeded = (name: string): boolean => required.has(name) && value[name] === undefined;
  const seen = Object.fromEntries(
    names.map((name) => {
      if (name in body) return [name, faultOf(schema.properties?.[name] ?? {}, body[name])];
      return [name, isNeeded(name) ? 'This is needed.' : null];
    }),
  );
  const isSound = broken.size === 0 && Object.values(seen).every((fault) => fault === null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (isSound) onSubmit(body);
      }}
    >
      <Stack gap="sm">
        {names.map((name) => (
          <SchemaField
            key={name}
            name={name}
            schema={schema.properties?.[name] as JsonSchema}
            required={isNeeded(name)}
            value={name in changed ? changed[name] : value[name]}
            fault={(asked ? seen[name] : null) ?? faults[name]}
            onChange={(to) => set(name, to)}
            onBroken={() => setBroken((before) => new Set([...before, name]))}
          />
        ))}
        <Group justify="flex-end" gap="xs">
          <Button type="submit" loading={busy}>
            {submitLabel}
          </Button>
          {besides?.(isSound ? body : null)}
        </Group>
      </Stack>
    </form>
  );
};

interface SchemaFieldProps {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  readonly value: unknown;
  readonly fault?: string | undefined;
  readonly onChange: (to: unknown) => void;
  /** What was typed is no value; the field says so itself, and the value stays what it was. */
  readonly onBroken: () => void;
}

/** One value of any schema. */
export const SchemaField = ({ name, schema: given, required, value, fault, onChange, onBroken }: SchemaFieldProps) => {
  const { schema, nullable } = withoutNull(given);
  const field = fieldOf(given);
  const shared = { label: name.replaceAll('_', ' '), description: schema.description, required, error: fault };
  const empty = nullable ? null : undefined;
  switch (field.kind) {
    case 'switch':
      return (
        <Switch
          label={shared.label}
          description={shared.description}
          error={fault}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...shared}
          min={field.min}
          max={field.max}
          // What is typed stays, and what is wrong with it is said.
          clampBehavior="none"
          allowDecimal={!field.integer}
          value={typeof value === 'number' ? value : ''}
          onChange={(to) => onChange(to === '' ? empty : Number(to))}
        />
      );
    case 'choice':
      return (
        <Select
          {...shared}
          data={[...field.of]}
          clearable={!required}
          value={typeof value === 'string' ? value : null}
          onChange={(to) => onChange(to ?? empty)}
        />
      );
    case 'texts':
      return (
        <TagsInput
          {...shared}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={(to) => onChange(to)}
        />
      );
    case 'text': {
      const text = typeof value === 'string' ? value : '';
      const set = (to: string): void => onChange(to === '' ? empty : to);
      if (field.secret)
        return (
          <PasswordInput
            {...shared}
            autoComplete="new-password"
            value={text}
            onChange={(event) => set(event.currentTarget.value)}
          />
        );
      return field.long ? (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={20}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      ) : (
        <TextInput {...shared} value={text} onChange={(event) => set(event.currentTarget.value)} />
      );
    }
    case 'json':
      return <JsonField shared={shared} value={value} onChange={onChange} onBroken={onBroken} />;
  }
};

const JsonField = (props: {
  readonly shared: {
    readonly label: string;
    readonly description?: string | undefined;
    readonly required: boolean;
    readonly error?: string | undefined;
  };
  readonly value: unknown;
  readonly onChange: (to: unknown) => void;
  readonly onBroken: () => void;
}) => {
  const { shared, value, onChange, onBroken } = props;
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
  const [isBroken, setBroken] = useState(false);
  return (
    <JsonInput
      {...shared}
      error={isBroken ? 'This is not JSON.' : shared.error}
      autosize
      minRows={2}
      maxRows={16}
      value={text}
      onChange={(to) => {
        setText(to);
        let read: unknown;
        try {
          read = to.trim() === '' ? undefined : JSON.parse(to);
        } catch {
          setBroken(true);
          return onBroken();
        }
        setBroken(false);
        onChange(read);
      }}
    />
  );
};
