/**
 * What somebody typed to find noderoles, as conditions of the API. A plain word is looked for in the names of nodes, `role@node`
 * in both; whatever has a blank in it is taken for conditions as it stands, and the server says what is wrong with it.
 */
export const conditionsOf = (typed: string): string => {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return text;
  const [first = '', second] = text.split('@');
  const parts =
    second === undefined
      ? [['node', first]]
      : [
          ['role', first],
          ['node', second],
        ];
  return parts
    .filter(([, part]) => part !== '')
    .map(([field, part]) => `${field} contains ${JSON.stringify(part)}`)
    .join(' and ');
};
