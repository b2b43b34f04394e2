/** What bounds a template and its rendering: netboot renders while machines wait, and whoever writes templates may err. */

/** Characters; a preseed file of a careful site has some ten thousand. */
export const SOURCE_LENGTH_MAX = 256 * 1024;
/** Milliseconds for one template; the shipped ones take well under one. */
export const RENDER_MS_MAX = 500;
/** As LiquidJS counts it: elements made and characters joined. */
export const RENDER_MEMORY_MAX = 10_000_000;
/** Characters of a result. */
export const RESULT_LENGTH_MAX = 4 * 1024 * 1024;
/** Parsed templates that are kept for the next machine. */
export const PARSED_MAX = 256;
