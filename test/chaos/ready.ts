/** What a process of the chaos test prints when it does its work. */
export const READY = 'ready';
