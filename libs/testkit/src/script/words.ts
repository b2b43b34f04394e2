/** A line of a script that cannot be understood, with what to write instead. */
export class ScriptMistake extends Error {
  override readonly name = 'ScriptMistake';
}

/** The words of a line; text in double quotes is one word. */
export const wordsOf = (line: string): string[] => {
  const words: readonly string[] = line.match(/"[^"]*"|[^\s"]+|"/g) ?? [];
  if (words.includes('"')) throw new ScriptMistake('a quotation mark is left open');
  return words.map((word) => (word.startsWith('"') ? word.slice(1, -1) : word));
};

/** `n01..n25` stands for n01, n02 and so on up to n25; any other word stands for itself. */
export const namesIn = (word: string): string[] => {
  const range = /^(.*?)(\d+)\.\.(.*?)(\d+)$/.exec(word);
  if (!range) return [word];
  const [stem, from, stemAgain, to] = range.slice(1) as [string, string, string, string];
  if (stem !== stemAgain || Number(to) < Number(from))
    throw new ScriptMistake(`"${word}" is no range: write it like n01..n25`);
  return Array.from(
    { length: Number(to) - Number(from) + 1 },
    (_, at) => `${stem}${String(Number(from) + at).padStart(from.length, '0')}`,
  );
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** Milliseconds in `200ms`, `5s` or `2m`. */
export const durationIn = (word: string | undefined): number => {
  const parts = /^(\d+)(ms|s|m)$/.exec(word ?? '');
  if (!parts) throw new ScriptMistake(`"${word ?? ''}" is no length of time: write it like 5s, 200ms or 2m`);
  return Number(parts[1]) * (UNITS[parts[2] as string] as number);
};

/** A whole number that is not negative. */
export const numberIn = (word: string | undefined): number => {
  if (!/^\d+$/.test(word ?? '')) throw new ScriptMistake(`"${word ?? ''}" is no number`);
  return Number(word);
};

/** The words of a line as they are taken from the front, with a complaint when something is missing or left over. */
export class Words {
  private at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly usage: string,
  ) {}

  get done(): boolean {
    return this.at >= this.words.length;
  }

  next(): string {
    const word = this.words[this.at];
    if (word === undefined) throw new ScriptMistake(`something is missing: ${this.usage}`);
    this.at += 1;
    return word;
  }

  /** Takes the next word if it is `word`. */
  take(word: string): boolean {
    if (this.words[this.at] !== word) return false;
    this.at += 1;
    return true;
  }

  /** The next word, or undefined at the end. */
  optional(): string | undefined {
    return this.done ? undefined : this.next();
  }

  oneOf<Word extends string>(choices: readonly Word[]): Word {
    const word = this.next();
    const choice = choices.find((each) => each === word);
    if (!choice) throw new ScriptMistake(`"${word}" must be one of ${choices.join(', ')}: ${this.usage}`);
    return choice;
  }

  end(): void {
    if (!this.done) throw new ScriptMistake(`"${this.words.slice(this.at).join(' ')}" is too much: ${this.usage}`);
  }
}
