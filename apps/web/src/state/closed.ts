/** A sentence that ends as one, whatever whoever wrote it thought of: what follows begins a new one. */
export const closed = (text: string): string => (/[.!?:]$/.test(text.trimEnd()) ? text : `${text}.`);
