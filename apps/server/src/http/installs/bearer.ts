/** The token that a request shows; empty where it shows none. Tokens of installs are not those of people and nodes. */
export const bearerOf = (headers: Readonly<Record<string, string | string[] | undefined>>): string => {
  const header = headers['authorization'];
  return typeof header === 'string' ? (/^Bearer +(\S+)$/i.exec(header)?.[1] ?? '') : '';
};
