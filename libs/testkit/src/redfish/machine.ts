import { execFile } from 'node:child_process';

/** The machine behind an emulated BMC. */
export interface BmcMachine {
  isOn(): Promise<boolean>;
  switch(what: 'on' | 'off' | 'reset'): Promise<void>;
  /** What the next start is told to boot from, once; null takes the wish back. */
  bootOnce(from: 'network' | 'disk' | null): Promise<void>;
}

/** A machine of nothing but state, and what was done to it in order. */
export class MemoryMachine implements BmcMachine {
  on = false;
  boot: 'network' | 'disk' | null = null;
  readonly done: string[] = [];

  async isOn(): Promise<boolean> {
    return this.on;
  }

  async switch(what: 'on' | 'off' | 'reset'): Promise<void> {
    this.done.push(what);
    if (what !== 'reset') this.on = what === 'on';
  }

  async bootOnce(from: 'network' | 'disk' | null): Promise<void> {
    this.boot = from;
    this.done.push(`boot ${from ?? 'as usual'}`);
  }
}

/** A stuck machine must not hold up its BMC for ever. */
const COMMAND_MS_MAX = 30_000;

/**
 * A machine behind a command that is called as ipmi_sim calls its chassis control: `COMMAND get power`, `set power 1`,
 * `set reset 1`, `set boot pxe|default|none`. One script serves both kinds of BMC.
 */
export class CommandMachine implements BmcMachine {
  constructor(private readonly command: readonly string[]) {}

  async isOn(): Promise<boolean> {
    return /^power:1\b/m.test(await this.call('get', 'power'));
  }

  async switch(what: 'on' | 'off' | 'reset'): Promise<void> {
    await (what === 'reset' ? this.call('set', 'reset', '1') : this.call('set', 'power', what === 'on' ? '1' : '0'));
  }

  async bootOnce(from: 'network' | 'disk' | null): Promise<void> {
    await this.call('set', 'boot', from === 'network' ? 'pxe' : from === 'disk' ? 'default' : 'none');
  }

  private call(...words: string[]): Promise<string> {
    const [program, ...first] = this.command;
    if (program === undefined) throw new Error('a machine behind a command needs one');
    return new Promise((resolve, reject) => {
      execFile(program, [...first, ...words], { timeout: COMMAND_MS_MAX }, (error, out) =>
        error ? reject(new Error(`${program} ${words.join(' ')}`, { cause: error })) : resolve(out),
      );
    });
  }
}
