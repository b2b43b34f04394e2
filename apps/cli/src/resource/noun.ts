import type { Command } from 'commander';
import type { Terminal } from '../command/terminal.js';
import { findRoute } from '../client/route.js';
import type { Look } from '../output/printer.js';
import { declareCreate } from './create.js';
import { declareDelete } from './delete.js';
import { declareList } from './list.js';
import { declareShow } from './show.js';
import { declareUpdate } from './update.js';
import { declareVerb, type Verb } from './verb.js';

/** A collection of the API as a word of the command line. */
export interface Noun {
  /** As typed: `node-roles`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** What one of them is called in messages: `node role`. */
  readonly one: string;
  /** What stands for one in the help: `<role@node>`. */
  readonly key: string;
  /** The collection's name in the route table: `node_roles`. */
  readonly tag: string;
  readonly look: Look;
  readonly verbs?: readonly Verb[];
  /** Which of the verbs that all collections have are left to the module itself. */
  readonly without?: readonly ('list' | 'show' | 'create' | 'update' | 'delete')[];
  /** Commands as an operator types them, for the help of `list` and `create`. */
  readonly examples?: {
    readonly list?: readonly string[];
    readonly create?: readonly string[];
    readonly update?: readonly string[];
  };
  /** Other words for `show`; a noun whose own verb is one of the usual ones leaves it out. */
  readonly showAliases?: readonly string[];
  /** The field that the argument of `create` fills; `name` when absent. */
  readonly createBy?: string;
}

/** Declares a noun with the verbs that its routes allow: what the server cannot do is not offered. */
export const declareNoun = (parent: Command, terminal: Terminal, noun: Noun): Command => {
  const command = parent
    .command(noun.name)
    .aliases([...(noun.aliases ?? [])])
    .summary(noun.summary)
    .description(`${noun.summary}.`)
    .helpCommand(false);
  const has = (verb: 'list' | 'show' | 'create' | 'update' | 'delete', route: string) => {
    if (noun.without?.includes(verb)) return null;
    return findRoute(`${noun.tag}.${route}`);
  };
  const [list, show, create, patch, remove] = [
    has('list', 'list'),
    has('show', 'show'),
    has('create', 'create'),
    has('update', 'patch'),
    has('delete', 'delete'),
  ];
  if (list) declareList(command, terminal, noun, list);
  if (show) declareShow(command, terminal, noun, show);
  if (create) declareCreate(command, terminal, noun, create);
  if (patch && show) declareUpdate(command, terminal, noun, { show, patch });
  if (remove) declareDelete(command, terminal, noun, { show, remove });
  for (const verb of noun.verbs ?? []) declareVerb(command, terminal, noun, verb);
  return command;
};
