/** How a report looks and what its filters do, the same in every report: whoever sends it names their digests beside it. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #b42318; --odd: #9a6700; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.unofficial { border: 1px solid var(--odd); padding: .5rem .75rem; border-radius: .4rem; }
.official { border: 2px solid var(--good); padding: .5rem .75rem; border-radius: .4rem; }
.claim { font-size: 1.1rem; font-weight: 600; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; } dl.facts dt { opacity: .7; } dl.facts dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .2rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.name, li.name { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .85em; }
pre { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; border-left: 3px solid var(--line); padding-left: .75rem; }
details { border-bottom: 1px solid var(--line); padding: .2rem 0; } summary { cursor: pointer; }
.state { display: inline-block; min-width: 7.5rem; font-size: .85em; }
.met, .met-with-flags, .passed, .fits { color: var(--good); } .not-met, .partial, .failed, .setup-failed { color: var(--bad); }
.skipped, .not-run, .missing, .empty, .partly, .simulated, .not-attempted { color: var(--odd); }
.flag { font-size: .8em; border: 1px solid var(--line); border-radius: .3rem; padding: 0 .3rem; }
.filters button { font: inherit; } .filters [aria-pressed=true] { font-weight: 700; }
[hidden] { display: none !important; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } .filters { display: none; } details { break-inside: avoid; } a { color: inherit; text-decoration: none; } }
`;

/** Shows the tests and capabilities that a filter lets through. Without it everything is shown. */
export const REPORT_SCRIPT = `
'use strict';
(() => {
  const buttons = [...document.querySelectorAll('.filters button')];
  const shows = {
    all: () => true,
    passed: (row) => row.dataset.outcome === 'passed',
    not: (row) => row.dataset.outcome !== 'passed',
    flagged: (row) => row.dataset.flagged === 'yes',
  };
  const filter = (name) => {
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.filter === name));
    for (const tree of document.querySelectorAll('.tree details')) {
      let some = false;
      for (const row of tree.querySelectorAll('tr[data-outcome]')) {
        row.hidden = !shows[name](row);
        some = some || !row.hidden;
      }
      tree.hidden = !some && name !== 'all';
      tree.open = name !== 'all' && some;
    }
  };
  for (const button of buttons) button.addEventListener('click', () => filter(button.dataset.filter));
  addEventListener('beforeprint', () => { for (const tree of document.querySelectorAll('details')) tree.open = true; });
})();
`;
