/** Settings of a suite as people write them, a line each: `section.key = value`. */
export interface ReadSettings {
  readonly settings: Readonly<Record<string, string>>;
  /** What is wrong with the first line that is none; null when all are. */
  readonly wrong: string | null;
}

export const readSettings = (text: string): ReadSettings => {
  const settings: Record<string, string> = {};
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([^=\s.]+\.[^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined)
      return { settings, wrong: `Line ${at + 1} is no setting: write it as section.key = value.` };
    settings[name] = value;
  }
  return { settings, wrong: null };
};
