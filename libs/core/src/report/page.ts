import { markup, type Markup, type Part } from './markup.js';
import { REPORT_SCRIPT, REPORT_STYLE } from './look.js';

/** SHA-256 of the style and the script of a page, in base64: what a policy needs to let just these two pass. */
export interface LookDigests {
  readonly style: string;
  readonly script: string;
}

/** Nothing is loaded, sent or framed; only the style and the script that stand in the page count (CSP level 3). */
export const pagePolicy = ({ style, script }: LookDigests): string =>
  `default-src 'none'; style-src 'sha256-${style}'; script-src 'sha256-${script}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** One self-contained page. The policy stands in it as well: a file on a disk has no header. */
export const page = (title: string, body: Part, digests: LookDigests): string => {
  // frame-ancestors counts in a header alone.
  const policy = pagePolicy(digests).replace(/; frame-ancestors [^;]*/, '');
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(REPORT_STYLE)}</style>
</head>
<body>
${body}
<script>${raw(REPORT_SCRIPT)}</script>
</body>
</html>
`.markup;
};

/** Of our own constants alone. */
const raw = (text: string): Markup => ({ markup: text });
