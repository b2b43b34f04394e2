/**
 * The dependency rules of the house (docs/architecture.md): apps → app, adapters → core. Adapters never import one
 * another, core imports nothing, and a lib is entered through its index. Specs and test/ may look into anything that has
 * an index, and they alone may use testkit.
 */
const SPEC = '\\.(spec|contract)\\.ts$';
// Entries of their own: migrating must not load the whole store, naming the jigs must not load SSH.
const INDEX = '^libs/([^/]+/src/index|store/src/migrate|jigs/src/described)\\.ts$';
const ADAPTERS = 'store|queue|jigs|machine|netio|catalog|log';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment: 'core knows neither clock, chance, environment nor framework; pass in what it needs',
      severity: 'error',
      from: { path: '^libs/core/src', pathNot: SPEC },
      to: { pathNot: ['^libs/core/src', '^node_modules/ip-address/'] },
    },
    {
      name: 'app-knows-only-core',
      comment:
        'a use case reaches the world through a port in libs/app/src/ports; Nest gives it the injectable marker only',
      severity: 'error',
      from: { path: '^libs/app/src', pathNot: SPEC },
      to: { pathNot: ['^libs/(app|core)/src', '^node_modules/@nestjs/common/'] },
    },
    {
      name: 'adapters-do-not-meet',
      comment: 'what one adapter needs of another is a port in libs/app/src/ports',
      severity: 'error',
      from: { path: `^libs/(${ADAPTERS})/src`, pathNot: SPEC },
      to: { path: `^libs/(${ADAPTERS}|api-types|testkit)/src`, pathNot: '^libs/$1/src' },
    },
    {
      name: 'libs-do-not-import-programs',
      comment: 'apps and deploy wire the libs together, not the other way round',
      severity: 'error',
      from: { path: '^libs/', pathNot: SPEC },
      to: { path: '^(apps|deploy|test|scripts|bin)/' },
    },
    {
      name: 'apps-do-not-meet',
      comment: 'processes share libs, not each other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'the-web-knows-the-api-only',
      severity: 'error',
      from: { path: '^apps/web/' },
      to: { path: '^(libs|deploy)/', pathNot: '^libs/api-types/src' },
    },
    {
      name: 'api-types-know-core-only',
      severity: 'error',
      from: { path: '^libs/api-types/src', pathNot: SPEC },
      to: { path: '^libs/', pathNot: '^libs/(api-types|core)/src' },
    },
    {
      name: 'the-runtime-stands-alone',
      comment: 'it starts programs and knows none of them; only its test databases use the store, to migrate',
      severity: 'error',
      from: { path: '^deploy/runtime/', pathNot: `${SPEC}|^deploy/runtime/testing\\.ts$` },
      to: { path: '^(libs|apps|test)/' },
    },
    {
      name: 'images-stand-alone',
      comment: 'they are built out of packages and scripts; what an installation does with them is said elsewhere',
      severity: 'error',
      from: { path: '^deploy/images/', pathNot: SPEC },
      to: { path: '^(libs|apps|test)/|^deploy/(?!images/)' },
    },
    {
      name: 'images-are-entered-by-their-index',
      severity: 'error',
      from: { pathNot: '^deploy/images/' },
      to: { path: '^deploy/images/', pathNot: '^deploy/images/index\\.ts$' },
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'fakes must not reach a server; `anneal sim` is a test that an operator runs',
      severity: 'error',
      from: { path: '^(libs|apps|deploy)/', pathNot: `${SPEC}|^libs/testkit/|^apps/cli/src/.*sim` },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'libs-are-entered-by-their-index',
      comment: 'import #name; what is missing there belongs into the index of that lib',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/src/', INDEX] },
    },
    {
      name: 'libs-are-entered-by-their-index-from-outside',
      comment: 'import #name; what is missing there belongs into the index of that lib',
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: { path: '^libs/[^/]+/src/', pathNot: INDEX },
    },
    {
      name: 'the-runtime-is-entered-by-its-index',
      severity: 'error',
      from: { pathNot: '^deploy/runtime/' },
      to: { path: '^deploy/runtime/', pathNot: '^deploy/runtime/index\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'two files that need each other are one thought or three; imports of types alone are let be',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-development-packages-at-work',
      comment: 'a packaged install has only the dependencies',
      severity: 'error',
      from: { path: '^(libs|apps|deploy)/', pathNot: `${SPEC}|^libs/testkit/|^apps/web/` },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.cache|apps/web/dist)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
