import type { Veto } from '../ports/veto.js';
import { SpareAdminNodes } from './spare-admin-nodes.js';

/**
 * Who may say no in this version, in the order in which they are asked. A new one is a file beside this with a class that
 * extends `Veto`, its spec, and a line here; every program that changes the model asks them all.
 */
export const VETOES: readonly Veto[] = [new SpareAdminNodes()];
