/** docs/api-routes.md: every route with who may call it and what it answers, printed from the route table. */
import { allRoutes, problemStatuses } from '#api-types';

export const file = 'docs/api-routes.md';

const title = `# Routes

Printed by \`npm run gen\` from the route table in libs/api-types; what all routes have in common stands in [api.md](api.md).
Statuses are those of success and, after the stroke, those of refusals that not every route has; every route may also
answer 400, 429, 500 and 503, all but the open ones 401 and 403. The schemas are in \`/api/v2/openapi.json\`, and to read at
\`/api/docs\`.
`;

const COMMON = new Set([400, 401, 403, 413, 415, 429, 500, 503]);

const whoOf = ({ allows }) => {
  if (allows === 'anyone') return 'anyone';
  const lowest = ['viewer', 'operator', 'admin'].find((role) => allows.includes(role));
  return [...(lowest ? [lowest] : []), ...(allows.includes('node') ? ['node'] : [])].join(', ');
};

const statusesOf = (route) => {
  const refusals = problemStatuses(route).filter((status) => !COMMON.has(status));
  return [route.success, ...(refusals.length > 0 ? ['|', ...refusals] : [])].join(' ').replace('|', '/');
};

export const print = async () => {
  const tags = [...new Set(allRoutes.map(({ tag }) => tag))];
  const sections = tags.map((tag) => {
    const rows = allRoutes
      .filter((route) => route.tag === tag)
      .map(
        (route) =>
          `| \`${route.method} ${route.path}\` | ${whoOf(route)} | ${statusesOf(route)} | ${route.summary}${route.ifMatch === true ? '. `If-Match`' : ''} |`,
      );
    return `## ${tag}\n\n| route | from | statuses | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${title}\n${sections.join('\n')}`;
};
