import { refuse, type Refusal } from '#core';

/** Longest name of a host, in characters, as RFC 1035 §2.3.4 limits it with its dots. */
const NAME_LENGTH_MAX = 253;

/** A label of a host name (RFC 1123 §2.1): letters, digits and inner hyphens, 63 at the most. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Host, and a domain of at least two labels: a name with fewer cannot be told from a short one. */
const LABELS_MIN = 3;

/** A node's name as it is kept: an FQDN in lower case without a final dot. */
export const nodeName = (text: string): string | Refusal => {
  const name = text.trim().toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const wrong = labels.find((label) => !LABEL.test(label));
  const no = (why: string): Refusal =>
    refuse('invalid', `"${text.slice(0, 80)}" cannot be the name of a node: ${why}.`, { field: 'name' });
  if (name.length > NAME_LENGTH_MAX)
    return no(`it has ${name.length} characters, at most ${NAME_LENGTH_MAX} are allowed`);
  if (wrong !== undefined)
    return no(`between dots there must be letters, digits and hyphens, 63 at most, with no hyphen at either end`);
  if (labels.length < LABELS_MIN)
    return no(`give a full name of at least ${LABELS_MIN} parts, such as ${labels[0]}.example.com`);
  if (/^\d+$/.test(labels.at(-1) as string))
    return no('its last part is a number, so that it would be read as an address');
  return name;
};
