import { PROBLEMS } from '../problem.filter.js';

/**
 * The page for people, made from the same document as the one for programs: no scripts, nothing from elsewhere, so it can
 * be read where there is no Internet.
 */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly format?: string;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; description?: string }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { schema?: Schema }>>;
    readonly required: boolean;
  };
  readonly responses: Readonly<
    Record<string, { description: string; content?: Readonly<Record<string, { schema?: Schema }>> }>
  >;
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** Text with `code` in it. */
const prose = (text: string): string => escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');

export const docsPage = (document: Record<string, unknown>): string => {
  const { info, paths, components } = document as {
    info: { title: string; version: string; description: string };
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  );
  const tags = [...new Set(operations.flatMap((operation) => operation.tags))];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(info.title)} API</title><link rel="stylesheet" href="/api/docs/style.css"></head>
<body>
<nav><h1>${escape(info.title)} API</h1><ul>${[...tags, 'schemas', 'problems'].map((tag) => `<li><a href="#${tag}">${escape(tag)}</a></li>`).join('')}</ul></nav>
<main>
<p>Version ${escape(info.version)}. <a href="/api/v2/openapi.json">openapi.json</a></p>
<p>${prose(info.description)}</p>
${tags
  .map(
    (tag) =>
      `<section id="${tag}"><h2>${escape(tag)}</h2>${operations
        .filter((operation) => operation.tags.includes(tag))
        .map(operationHtml)
        .join('\n')}</section>`,
  )
  .join('\n')}
<section id="schemas"><h2>schemas</h2>${Object.entries(components.schemas)
    .map(([name, schema]) => schemaHtml(name, schema))
    .join('\n')}</section>
<section id="problems"><h2>problems</h2><table><tr><th>code</th><th>status</th><th>means</th><th>what to do</th></tr>${problemsHtml()}</table></section>
</main>
</body>
</html>
`;
};

const operationHtml = (
  operation: Operation & { path: string; method: string },
): string => `<details id="${operation.operationId}">
<summary><b class="${operation.method}">${operation.method}</b> <code>${escape(operation.path)}</code> ${escape(operation.summary)}</summary>
<p>${prose(operation.description)}</p>
${operation.parameters.length > 0 ? `<table><tr><th>parameter</th><th>in</th><th></th></tr>${operation.parameters.map((parameter) => `<tr><td><code>${escape(parameter.name)}</code>${parameter.required ? ' *' : ''}</td><td>${parameter.in}</td><td>${prose(parameter.description ?? '')}</td></tr>`).join('')}</table>` : ''}
${operation.requestBody ? `<p>Body${operation.requestBody.required ? '' : ' (may be left out)'}: ${contentHtml(operation.requestBody.content)}</p>` : ''}
<table><tr><th>status</th><th>answer</th></tr>${Object.entries(operation.responses)
  .map(
    ([status, response]) =>
      `<tr><td>${status}</td><td>${escape(response.description)}${response.content && Number(status) < 400 ? `: ${contentHtml(response.content)}` : ''}</td></tr>`,
  )
  .join('')}</table>
</details>`;

const contentHtml = (content: Readonly<Record<string, { schema?: Schema }>>): string =>
  Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<code>${escape(type)}</code>${schema && type.includes('json') ? ` ${typeHtml(schema)}${schema.properties && !schema.$ref ? fieldsHtml(schema) : ''}` : ''}`,
    )
    .join(', ');

const schemaHtml = (name: string, schema: Schema): string =>
  `<details id="schema-${name}"><summary><code>${escape(name)}</code> ${prose(schema.description ?? '')}</summary>${schema.properties ? fieldsHtml(schema) : typeHtml(schema)}</details>`;

const fieldsHtml = (schema: Schema): string =>
  `<table>${Object.entries(schema.properties ?? {})
    .map(
      ([name, field]) =>
        `<tr><td><code>${escape(name)}</code>${schema.required?.includes(name) ? ' *' : ''}</td><td>${typeHtml(field)}</td><td>${prose(field.description ?? '')}</td></tr>`,
    )
    .join('')}</table>`;

const typeHtml = (schema: Schema): string => {
  const named = schema.$ref?.split('/').at(-1);
  if (named) return `<a href="#schema-${named}">${escape(named)}</a>`;
  if (schema.enum) return schema.enum.map((value) => `<code>${escape(JSON.stringify(value))}</code>`).join(' | ');
  if (schema.const !== undefined) return `<code>${escape(JSON.stringify(schema.const))}</code>`;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeHtml).join(' | ');
  if (schema.items) return `list of ${typeHtml(schema.items)}`;
  const type = Array.isArray(schema.type)
    ? schema.type.join(' | ')
    : ((schema.type as string | undefined) ?? 'any JSON');
  return escape(schema.format ? `${type} (${schema.format})` : type);
};

const problemsHtml = (): string =>
  Object.entries(PROBLEMS)
    .map(
      ([code, { status, title, advice }]) =>
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escape(title)}</td><td>${escape(advice)}</td></tr>`,
    )
    .join('');

export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --accent: #2a6fbb; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 14rem minmax(0, 60rem); }
nav { padding: 1rem; position: sticky; top: 0; height: 100vh; overflow: auto; box-sizing: border-box; border-right: 1px solid var(--line); }
nav h1 { font-size: 1.1rem; } nav ul { list-style: none; padding: 0; } a { color: var(--accent); text-decoration: none; }
main { padding: 1rem 2rem; } h2 { border-bottom: 1px solid var(--line); }
details { margin: .3rem 0; padding: .2rem .5rem; border: 1px solid var(--line); border-radius: 4px; } details:target, tr:target { outline: 2px solid var(--accent); }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; margin: .5rem 0; } td, th { border: 1px solid var(--line); padding: .2rem .6rem; text-align: left; vertical-align: top; }
code { font-size: .9em; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } }
`;
