/** `wave_size` as the API writes it is `waveSize` in the house. Names only; values stay as they are. */
type CamelKey<Key> = Key extends `${infer Head}_${infer Rest}` ? `${Head}${Capitalize<CamelKey<Rest>>}` : Key;
export type CamelKeys<Value> = { [Key in keyof Value as CamelKey<Key>]: Value[Key] };

export const camelKeys = <Value extends object>(value: Value): CamelKeys<Value> =>
  Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
      each,
    ]),
  ) as CamelKeys<Value>;
