// The house rules: a room may import only from the floors below it. Run by `npm run check`; test/house/imports.test.ts
// shows that each of them bites.

const rooms = '(accounts|conversations|consent|relay|live|mail|proofs|visitors|templates|copies|agreements)'
const walks =
  '(onboarding|contacts|inbound|sending|retention|deletion|rights|notices|upkeep|takeout|media|search|signin)'
// Given values they return values: a test needs no world around them.
const pure = [
  'ground/(?!http|log|openapi)[a-z-]+',
  'meta/(?!graph)[a-z-]+',
  'custody/tree',
  'conversations/(content|window|mask|file-content|file-kinds|words)',
  'audit/chain',
  'accounts/(permissions|alias|device)',
  'transparency/(merkle|checkpoint)',
  'deletion/receipt',
  'consent/(keywords|language|phrases-[a-z]+|answers|standing)',
  'contacts/(rows|values)',
  'mail/(templates[a-z-]*|phrases|render)',
  'rights/(clocks|refusals|states|package-(redact|text|words|document|page|style))',
  'inbound/(plan|drafts|notes|reading|frame|wish)',
  'templates/(check|sentence|words)',
  'onboarding/doctor-(decide|words)',
  'sending/(gates|ground-of|explain)',
  'live/hearing',
  'media/serving',
]
const pureFiles = `^worker/(${pure.join('|')})\\.ts$`
// The floors that every room and walk stands on.
// A word to the browsers of a workspace is said by everybody, and says ids only.
const below = 'ground/|crypto/|meta/|transparency/|audit/|custody/|live/announce\\.ts|env\\.ts'

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one file.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { circular: true },
    },
    {
      name: 'no-cycles-in-tests',
      comment: 'As above; but parts of the simulator may know the type of the whole.',
      severity: 'error',
      from: { path: '^test/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'ground-imports-nothing',
      comment: 'Floor 0 has no business words.',
      severity: 'error',
      from: { path: '^worker/ground/' },
      to: { path: '^(worker/(?!ground/)|db/)' },
    },
    {
      name: 'crypto-on-ground',
      comment: 'Bytes and keys; whose they are is decided above.',
      severity: 'error',
      from: { path: '^worker/crypto/' },
      to: { path: '^(worker/(?!ground/|crypto/)|db/)' },
    },
    {
      name: 'db-stands-alone',
      comment: 'Tables know no code that uses them, and of libraries only the one that describes them.',
      severity: 'error',
      from: { path: '^db/' },
      to: { path: '^(worker/|node_modules/(?!drizzle-orm/|@cloudflare/workers-types/))' },
    },
    {
      name: 'meta-is-protocol-only',
      comment: 'Wire format in, wire format out: no tables, no rooms.',
      severity: 'error',
      from: { path: '^worker/meta/' },
      to: { path: '^(worker/(?!ground/|crypto/|meta/)|db/)' },
    },
    {
      name: 'audit-below-rooms',
      comment: 'The ledger is written by everybody, so it knows nobody but the log that its days go into.',
      severity: 'error',
      from: { path: '^worker/audit/' },
      to: { path: '^worker/(?!ground/|crypto/|audit/|transparency/)' },
    },
    {
      name: 'transparency-below-rooms',
      comment: 'The log holds hashes; of what, is known above.',
      severity: 'error',
      from: { path: '^worker/transparency/' },
      to: { path: '^worker/(?!ground/|crypto/|transparency/)' },
    },
    {
      name: 'custody-below-rooms',
      comment: 'Keys know digests and seals, never a room.',
      severity: 'error',
      from: { path: '^worker/custody/' },
      to: { path: '^worker/(?!ground/|crypto/|custody/)' },
    },
    {
      name: 'rooms-are-strangers',
      comment: 'Rooms meet only in a walk.',
      severity: 'error',
      from: { path: `^worker/${rooms}/` },
      to: { path: `^worker/(?!${below})`, pathNot: '^worker/$1/' },
    },
    {
      name: 'walks-are-strangers',
      comment: 'A walk never calls another walk; they share through a room.',
      severity: 'error',
      from: { path: `^worker/${walks}/` },
      to: { path: `^worker/(?!${below}|${rooms}/)`, pathNot: '^worker/$1/' },
    },
    {
      name: 'residue-shares-nothing-with-the-eraser',
      comment: 'A search that asks the eraser where to look finds what the eraser found.',
      severity: 'error',
      from: { path: '^worker/deletion/residue' },
      to: { path: '^(db/|worker/(?!ground/|crypto/|deletion/residue))' },
    },
    {
      name: 'routes-are-doors',
      comment: 'Every URL hangs in app.ts, so that one page shows them all.',
      severity: 'error',
      from: { pathNot: '^(worker/app\\.ts$|test/)' },
      to: { path: '^worker/.*/[a-z-]*routes\\.ts$' },
    },
    {
      name: 'pure-files-do-no-io',
      comment: 'Rules and parsers take values and return values: no table, no door, no platform.',
      severity: 'error',
      from: { path: pureFiles },
      to: {
        path: '^(db/(?!catalog|clocks|operator)|node_modules/(hono|drizzle-orm|@hono)/|cloudflare:|(fs|net|tls|https?|dns|child_process)(/|$))',
      },
    },
    {
      name: 'pure-files-ask-pure-files',
      comment:
        'Purity is lost through the first import that has a world around it. Types are harmless, and so are the two files that own how digests and ids are made.',
      severity: 'error',
      from: { path: pureFiles },
      to: {
        path: '^worker/(?!ground/|crypto/)',
        pathNot: [pureFiles, '^worker/(custody/sealing|conversations/record)\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'hono-only-at-the-door',
      comment: 'What a request looks like is known where it comes in; behind the door there are values.',
      severity: 'error',
      from: {
        path: '^worker/',
        pathNot: '^worker/(app|site|ground/openapi|[a-z]+/[a-z-]*routes)\\.ts$',
      },
      to: { path: '^node_modules/(hono|@hono)/' },
    },
    {
      name: 'worker-ignores-site-test-and-scripts',
      comment:
        'What is deployed never holds what is around it. index.ts reaches the site through the framework.',
      severity: 'error',
      from: { path: '^(worker|db)/' },
      to: { path: '^(site|test|scripts)/' },
    },
    {
      name: 'site-reads-four-things',
      comment:
        'The catalogue and the records beside it, the lists of problems, limits, scopes and permissions, the type of the API, and the generated description of it.',
      severity: 'error',
      from: { path: '^site/' },
      to: {
        path: '^(worker|db|test|scripts)/',
        pathNot:
          '^(db/(catalog|operator|subprocessors|cookies|clocks|documents)|worker/ground/(problems|limits)|worker/(accounts/permissions|audit/principal)|worker/app)\\.ts$',
      },
    },
    {
      name: 'site-takes-only-the-type-of-the-api',
      comment: 'A value from app.ts would put the whole gateway into a page.',
      severity: 'error',
      from: { path: '^site/' },
      to: { path: '^worker/app\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'simulators-ignore-the-worker',
      comment: 'The simulated Meta shares no code with what it tests, or both would be wrong together.',
      severity: 'error',
      from: { path: '^test/simulators/meta/' },
      to: { path: '^(worker|db|site|scripts)/' },
    },
    {
      name: 'worker-has-only-declared-runtime-packages',
      comment: 'What is deployed comes from `dependencies`; tools stay in `devDependencies`.',
      severity: 'error',
      from: { path: '^(worker|db|site)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that leads nowhere hides from every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(cloudflare:|astro:|virtual:|\\.\\./generated/)|\\?raw$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['workerd', 'import', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts', '.json'],
    },
  },
}
