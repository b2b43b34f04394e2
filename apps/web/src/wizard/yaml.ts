/** Plain data as YAML: maps, lists, texts in quotes where a reader could take them for something else. */
export const yamlOf = (value: unknown): string => `${lines(value, '').join('\n')}\n`;

const lines = (value: unknown, indent: string): string[] => {
  if (Array.isArray(value))
    return value.length === 0
      ? [`${indent}[]`]
      : value.flatMap((item) => {
          const [first = '', ...rest] = lines(item, `${indent}  `);
          return [`${indent}- ${first.trimStart()}`, ...rest];
        });
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .flatMap(([key, each]) =>
        isNested(each)
          ? [`${indent}${scalar(key)}:`, ...lines(each, `${indent}  `)]
          : [`${indent}${scalar(key)}: ${flat(each)}`],
      );
  return [`${indent}${flat(value)}`];
};

const isNested = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0);

const flat = (value: unknown): string => {
  if (Array.isArray(value)) return '[]';
  if (typeof value === 'object' && value !== null) return '{}';
  return typeof value === 'string' ? scalar(value) : String(value);
};

/** Words and addresses stay bare; anything else is quoted as JSON, which is YAML. */
const scalar = (text: string): string =>
  /^[A-Za-z_][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) ? text : JSON.stringify(text);
