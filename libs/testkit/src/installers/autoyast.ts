/**
 * Reads the structure of an AutoYaST profile: its elements in order, each with the path to it and its text. Strict where
 * XML is (XML 1.0 §3.1): every element ends, text holds no bare `<` or `&`. Only resources that ours use are known.
 */
export interface AutoyastElement {
  readonly path: string;
  readonly text: string;
}

const RESOURCES = new Set([
  ...['general', 'scripts', 'proxy', 'networking', 'partitioning', 'bootloader', 'software', 'services-manager'],
  ...['timezone', 'users'],
]);
const TOKEN = /<\?xml [^?]*\?>|<!DOCTYPE profile>|<!--[\s\S]*?-->|<(\/?)([a-z_-]+)((?: [a-z:]+="[^"<&]*")*)>|([^<]+)/gy;

export const readAutoyast = (text: string): { elements: AutoyastElement[]; problems: string[] } => {
  const elements: { path: string; text: string }[] = [];
  const problems: string[] = [];
  const open: { path: string; text: string }[] = [];
  let end = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    end = TOKEN.lastIndex;
    const [, closes, name, , content] = token;
    const inner = open.at(-1);
    if (content !== undefined) {
      if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(content)) problems.push(`a bare & in ${inner?.path ?? 'no element'}`);
      if (inner) inner.text += unescape(content);
      else if (content.trim() !== '') problems.push('text outside of the profile');
    } else if (closes === '/') {
      const closed = open.pop();
      if (!closed?.path.endsWith(`/${name}`)) problems.push(`${name} ends where ${closed?.path ?? 'nothing'} is open`);
    } else if (name !== undefined) {
      const element = { path: `${inner?.path ?? ''}/${name}`, text: '' };
      open.push(element);
      elements.push(element);
      const [, , resource] = element.path.split('/');
      if (open.length === 2 && !RESOURCES.has(resource ?? '')) problems.push(`there is no resource ${resource}`);
    }
  }
  if (end !== text.length) problems.push(`no XML at ${end}: ${text.slice(end, end + 40)}`);
  for (const { path } of open) problems.push(`${path} does not end`);
  return { elements, problems };
};

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string): string =>
  text.replace(/&(#\d+|[a-z]+);/g, (_whole, name: string) =>
    name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (ENTITIES[name] ?? ''),
  );
