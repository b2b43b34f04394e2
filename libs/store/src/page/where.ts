import { isRefusal, refuse, type Refusal } from '#core';
import { isId, type Condition, type Operator } from '#app';
import type { FieldType, ListField, ListShape, Parameters } from './list-shape.js';

export const SQL_TYPES: Readonly<Record<FieldType, string>> = {
  text: 'text',
  uuid: 'uuid',
  number: 'numeric',
  whole: 'bigint',
  boolean: 'boolean',
  time: 'timestamptz',
  texts: 'text[]',
};

const COMPARISONS: Partial<Record<Operator, string>> = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' };

/** Turns conditions into SQL; a field or a value that does not fit is refused with what would. */
export const whereOf = (
  shape: ListShape,
  conditions: readonly Condition[],
  parameters: Parameters,
): string[] | Refusal => {
  const written: string[] = [];
  for (const condition of conditions) {
    const field = Object.hasOwn(shape.fields, condition.field) ? shape.fields[condition.field] : undefined;
    if (!field)
      return refuse(
        'invalid',
        `${shape.things} cannot be filtered by "${condition.field}": use ${Object.keys(shape.fields).join(', ')}.`,
        { field: condition.field },
      );
    const sql = write(field, condition, parameters);
    if (isRefusal(sql)) return sql;
    written.push(sql);
  }
  return written;
};

const write = (
  field: ListField,
  { field: name, operator, value }: Condition,
  parameters: Parameters,
): string | Refusal => {
  if (operator === 'null') {
    const wanted = readValue('boolean', value);
    return wanted === undefined ? wrongValue(name, 'boolean', value) : `(${field.sql}) IS ${wanted ? '' : 'NOT '}NULL`;
  }
  if (operator === 'has') {
    if (field.type !== 'texts' || typeof value !== 'string') return wrongOperator(name, operator, field.type);
    return `${parameters.add(value)} = ANY(${field.sql})`;
  }
  if (field.type === 'texts') return wrongOperator(name, operator, field.type);
  if (operator === 'contains') {
    if (field.type !== 'text' || typeof value !== 'string') return wrongOperator(name, operator, field.type);
    return `position(lower(${parameters.add(value)}) IN lower(${field.sql})) > 0`;
  }
  const sqlType = SQL_TYPES[field.type];
  if (operator === 'in') {
    const values = (typeof value === 'string' ? [value] : value).map((one) => readValue(field.type, one));
    if (values.includes(undefined)) return wrongValue(name, field.type, value);
    return `${field.sql} = ANY(${parameters.add(values)}::${sqlType}[])`;
  }
  const read = readValue(field.type, value);
  if (read === undefined) return wrongValue(name, field.type, value);
  const operand = `${parameters.add(read)}::${sqlType}`;
  return operator === 'ne' && !field.always
    ? `${field.sql} IS DISTINCT FROM ${operand}`
    : `${field.sql} ${COMPARISONS[operator]} ${operand}`;
};

/** The value that a text stands for, as the driver takes it; undefined when it does not fit the type. */
const readValue = (type: FieldType, value: string | readonly string[]): string | boolean | undefined => {
  if (typeof value !== 'string') return undefined;
  // PostgreSQL keeps no text with a zero character in it.
  if (value.includes('\0')) return undefined;
  switch (type) {
    case 'text':
      return value;
    case 'uuid':
      return isId(value) ? value : undefined;
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? value : undefined;
    case 'whole':
      return /^-?\d{1,15}$/.test(value) ? value : undefined;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : undefined;
    case 'time':
      return /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value))
        ? new Date(value).toISOString()
        : undefined;
    case 'texts':
      return undefined;
    default:
      return type satisfies never;
  }
};

const wrongValue = (field: string, type: FieldType, value: string | readonly string[]): Refusal => {
  const wanted = {
    text: 'a text',
    uuid: 'an id',
    number: 'a number',
    whole: 'a whole number',
    boolean: 'true or false',
    time: 'a time such as 2027-01-31T12:00:00Z',
    texts: 'a text',
  }[type];
  return refuse(
    'invalid',
    `the filter compares "${field}" with ${JSON.stringify(value).slice(0, 60)}: give ${wanted}.`,
    { field },
  );
};

const wrongOperator = (field: string, operator: Operator, type: FieldType): Refusal => {
  const instead = type === 'texts' ? '"has" with one value' : 'eq, ne, lt, le, gt, ge or in';
  return refuse('invalid', `"${field}" cannot be filtered with "${operator}": use ${instead}.`, { field });
};
