import type { GraphNode } from '../graph/graph.js';

/** A phantom node is always alive: there is no machine to lose. */
export const isAlive = (node: GraphNode): boolean => node.alive || node.system;

/** Whether anything new may start there (promise P5). */
export const isReady = (node: GraphNode): boolean => isAlive(node) && node.available;
