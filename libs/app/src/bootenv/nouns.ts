import { GRUB_TEMPLATE, refuse, SCRIPT_TEMPLATE, type Refusal, type ViewFile } from '#core';
import { firstRefusal, refuseRowName } from '../dns/check-fields.js';
import type { EditedNoun } from '../dns/edit-rows.js';
import type { BootenvView, NewBootenv, NewTemplate, TemplateView } from '../ports/bootenv-store.js';
import type { TemplateRenderer } from '../ports/template-renderer.js';

/** All of them are read whole when one changes. */
const BOOTENVS_MAX = 500;
const TEMPLATES_MAX = 2_000;
/** Of one boot environment: a kernel command line has room for about this many. */
const PARAMS_MAX = 64;
const PARAM_LENGTH_MAX = 500;
const FILES_MAX = 64;
const INITRDS_MAX = 16;

const BOOTENV_NAME = /^[A-Za-z][-_A-Za-z0-9]{0,62}$/;
/** Below a node's own path in URLs; `once` and `images` mean something else there. */
const FILE_PATH = /^(?!once\/|images\/)[A-Za-z0-9][-_.A-Za-z0-9]*(\/[A-Za-z0-9][-_.A-Za-z0-9]*){0,7}$/;
const BOOT_FILE = /^[A-Za-z0-9][-_.+A-Za-z0-9]*(\/[A-Za-z0-9][-_.+A-Za-z0-9]*){0,15}$/;

const no = (field: string, detail: string): Refusal => refuse('invalid', detail, { field });

export const templateNoun = (renderer: TemplateRenderer): EditedNoun<TemplateView, NewTemplate> => ({
  what: 'template',
  advice: 'use the name or id of one that `anneal templates list` shows',
  subject: 'template',
  store: (tx) => tx.templates,
  nameOf: (row) => (row as NewTemplate).name,
  // Boot environments know it by its name, so that stays.
  fields: ['description', 'source', 'secret'],
  refuse: async (tx, row, before) => {
    if (!before && (await tx.templates.all()).length >= TEMPLATES_MAX)
      return refuse('too-large', `there are ${TEMPLATES_MAX} templates already: delete some that are not used.`);
    const [fault] = before?.source === row.source ? [] : renderer.faults(row.source);
    return firstRefusal([
      refuseRowName('template', row.name),
      fault
        ? refuse('invalid', `line ${fault.line}, column ${fault.column}: ${fault.message}`, {
            field: 'source',
            ...fault,
          })
        : null,
    ]);
  },
});

export const bootenvNoun = (renderer: TemplateRenderer): EditedNoun<BootenvView, NewBootenv> => ({
  what: 'boot environment',
  advice: 'use the name or id of one that `anneal bootenvs list` shows',
  subject: 'bootenv',
  store: (tx) => tx.bootenvs,
  nameOf: (row) => (row as NewBootenv).name,
  // Nodes know it by its name, so that stays.
  fields: ['description', 'local', 'kernel', 'initrds', 'params', 'files'],
  refuse: async (tx, row, before) => {
    if (!before && (await tx.bootenvs.all()).length >= BOOTENVS_MAX)
      return refuse('too-large', `there are ${BOOTENVS_MAX} boot environments already: delete some that are not used.`);
    const wrong = refuseFields(row, renderer);
    if (wrong) return wrong;
    for (const [path, name] of Object.entries(row.files)) {
      if (before?.files[path] === name) continue;
      const template = await tx.templates.find(name);
      if (!template)
        return no(
          'files',
          `there is no template "${name}", which should be ${path}: make it first with \`anneal templates create\`.`,
        );
      if (template.secret && (path === SCRIPT_TEMPLATE || path === GRUB_TEMPLATE))
        return no(
          'files',
          `${path} is fetched before there is a boot nonce, so it cannot be the secret template "${name}".`,
        );
    }
    return null;
  },
});

const refuseFields = (row: Omit<NewBootenv, 'id'>, renderer: TemplateRenderer): Refusal | null => {
  if (!BOOTENV_NAME.test(row.name))
    return no(
      'name',
      `"${row.name.slice(0, 80)}" is no name for a boot environment: use up to 63 letters, digits, - and _, and begin with a letter.`,
    );
  if (row.params.length > PARAMS_MAX || row.params.some((param) => param.length > PARAM_LENGTH_MAX))
    return no(
      'params',
      `a boot environment has at most ${PARAMS_MAX} kernel parameters of ${PARAM_LENGTH_MAX} characters.`,
    );
  for (const [index, param] of row.params.entries()) {
    const [fault] = renderer.faults(param);
    if (fault) return no('params', `parameter ${index + 1}, column ${fault.column}: ${fault.message}`);
  }
  if (row.initrds.length > INITRDS_MAX) return no('initrds', `a boot environment has at most ${INITRDS_MAX} initrds.`);
  const paths = Object.keys(row.files);
  const badPath = paths.find((path) => !FILE_PATH.test(path));
  if (paths.length > FILES_MAX || badPath !== undefined)
    return no(
      'files',
      badPath === undefined
        ? `a boot environment has at most ${FILES_MAX} files.`
        : `"${badPath.slice(0, 80)}" is no path for a file: use letters, digits, - _ . and slashes between them.`,
    );
  return firstRefusal([
    row.kernel ? refuseFile('kernel', row.kernel) : null,
    ...row.initrds.map((file) => refuseFile('initrds', file)),
  ]);
};

const refuseFile = (field: string, { path, sha256, bytes }: ViewFile): Refusal | null => {
  if (!BOOT_FILE.test(path)) return no(field, `"${path.slice(0, 80)}" is no path among the boot files.`);
  if (!/^[0-9a-f]{64}$/.test(sha256)) return no(field, `the SHA-256 of ${path} is 64 digits of hex in lower case.`);
  return Number.isSafeInteger(bytes) && bytes > 0 ? null : no(field, `${path} needs its length in bytes.`);
};
