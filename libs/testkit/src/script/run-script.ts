import type { ScenarioDriver } from './driver.js';
import { Stage } from './stage.js';
import { VERBS } from './verbs.js';
import { ScriptMistake, Words, wordsOf } from './words.js';

export interface ScriptResult {
  /** Every line of the script with what followed from it, in a form that depends neither on time nor on ids. */
  readonly output: string;
  /** What was expected and not so, and mistakes of the script, each with its line; empty when all went well. */
  readonly failures: readonly string[];
}

/**
 * Plays a script, line by line, on whatever the driver stands for. A mistake in a line ends it; an expectation that is not
 * met is noted, and it goes on. `#` begins a comment; comments and empty lines are printed as they are.
 */
export const runScript = async (text: string, driver: ScenarioDriver): Promise<ScriptResult> => {
  const stage = new Stage(driver);
  const failures: string[] = [];
  const lines = text.replace(/\n+$/, '').split('\n');
  for (const [at, line] of lines.entries()) {
    const command = line.replace(/(^|\s)#.*$/, '').trim();
    stage.printed.push(command === '' ? line.trimEnd() : `> ${line.trim()}`);
    if (command === '') continue;
    const mistake = await play(stage, command).catch((error: unknown) => {
      if (error instanceof ScriptMistake) return error;
      throw new Error(`line ${at + 1}: ${command}`, { cause: error });
    });
    if (mistake) stage.fail(mistake.message);
    failures.push(...stage.failures.splice(0).map((failure) => `line ${at + 1}: ${failure}`));
    if (mistake) break;
  }
  return { output: `${stage.printed.join('\n')}\n`, failures };
};

const play = async (stage: Stage, command: string): Promise<void> => {
  const [word, ...rest] = wordsOf(command) as [string, ...string[]];
  const verb = VERBS[word];
  if (!verb) throw new ScriptMistake(`there is no verb "${word}"; there are ${Object.keys(VERBS).join(', ')}`);
  const words = new Words(rest, verb.usage);
  await verb.act(stage, words);
  words.end();
  await stage.showStates();
};
