import { UNOFFICIAL_RESULTS } from '../certification/wording.js';
import { markup } from './markup.js';
import { page, type LookDigests } from './page.js';

/** A published result, as the list has it. */
export interface PublishedResult {
  readonly id: string;
  readonly cloud: string;
  readonly endedAt: string;
  readonly claims: readonly string[];
  readonly official: boolean;
}

/** The list of published results. */
export const resultsPage = (results: readonly PublishedResult[], digests: LookDigests): string =>
  page(
    'Results',
    markup`<h1>Results</h1>
<p class="unofficial">${UNOFFICIAL_RESULTS}</p>
${
  results.length === 0
    ? markup`<p>Nothing has been published.</p>`
    : markup`<table><thead><tr><th>Cloud</th><th>Ended</th><th>Result</th></tr></thead><tbody>${results.map(
        ({ id, cloud, endedAt, claims, official }) => markup`
<tr><td><a href="/results/${id}">${cloud}</a>${official ? markup` <span class="flag">marked as official</span>` : null}</td>
<td>${endedAt.slice(0, 10)}</td><td>${claims.map((claim) => markup`<div>${claim}</div>`)}</td></tr>`,
      )}</tbody></table>`
}`,
    digests,
  );
