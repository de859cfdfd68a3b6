import { apiParams, limitNames } from './api-params.js'
import type { OptionsOf, OptionTable, SettingsOf } from './option-spec.js'

/** What is asked: these make up a request, and so a row's identity. */
export const promptOptions = {
  prompt: {
    group: 'Prompt',
    type: 'string',
    placeholder: 'TEXT',
    describe: 'Template of the user message, with {{column}} for cells; without one, the column "prompt" is sent',
  },
  promptFile: { group: 'Prompt', type: 'string', placeholder: 'FILE', describe: 'Read the template from a file' },
  system: {
    group: 'Prompt',
    type: 'string',
    placeholder: 'TEXT',
    describe: 'System message sent with every row, a template too',
  },
  systemFile: { group: 'Prompt', type: 'string', placeholder: 'FILE', describe: 'Read the system message from a file' },
  messages: {
    group: 'Prompt',
    type: 'string',
    placeholder: 'FILE',
    describe:
      'Send the conversation of a JSON file, a list of {role, content} with templates, in place of --prompt and --system',
  },
  imageColumn: {
    group: 'Prompt',
    type: 'list',
    placeholder: 'COLUMN',
    describe:
      "Column that names images to show: URLs, or paths in the input's folder; several with | or as a JSON list; repeatable",
  },
  imageDetail: {
    group: 'Prompt',
    type: 'string',
    choices: ['auto', 'low', 'high', 'original'],
    describe: 'How closely the model looks at images; low is cheapest',
  },
  imageRoot: {
    group: 'Prompt',
    type: 'list',
    placeholder: 'DIR',
    describe: "Further folder whose images may be read, beside the input's own; repeatable",
  },
  idColumn: {
    group: 'Prompt',
    type: 'string',
    placeholder: 'COLUMN',
    describe: 'Column that names a row in messages, beside its number',
  },
  model: {
    group: 'Model',
    type: 'string',
    alias: 'm',
    placeholder: 'NAME',
    env: 'OPENAI_MODEL',
    describe: 'Model that answers',
  },
  temperature: { group: 'Model', ...apiParams.temperature, describe: 'Sampling temperature' },
  topP: { group: 'Model', ...apiParams.top_p, describe: 'Nucleus sampling: share of probability kept' },
  maxTokens: {
    group: 'Model',
    ...apiParams.max_completion_tokens,
    describe: 'Most completion tokens an answer may take, sent as max_completion_tokens',
  },
  maxTokensName: {
    group: 'Model',
    type: 'string',
    choices: limitNames,
    default: 'max_completion_tokens',
    describe: 'Name under which --max-tokens is sent, for endpoints that know only the older one',
  },
  seed: { group: 'Model', ...apiParams.seed, describe: 'Seed for repeatable sampling, where supported' },
  reasoningEffort: {
    group: 'Model',
    ...apiParams.reasoning_effort,
    placeholder: 'LEVEL',
    describe: 'How long a reasoning model thinks; no model takes all of these',
  },
  param: {
    group: 'Model',
    type: 'list',
    placeholder: 'KEY=JSON',
    describe: 'Any other API parameter, such as --param presence_penalty=0.5; repeatable',
  },
  rowParams: {
    group: 'Model',
    type: 'list',
    placeholder: 'COLUMN,…',
    describe:
      "Columns that set API parameters of their names, such as model,temperature, row by row; an empty cell is the run's own",
  },
  schema: {
    group: 'Answers',
    type: 'string',
    placeholder: 'FILE',
    describe: 'JSON Schema that every answer must fit, in strict mode; each of its top-level properties is a column',
  },
  jsonMode: {
    group: 'Answers',
    type: 'boolean',
    default: false,
    describe: 'Ask for JSON objects without a schema; the messages must hold the word JSON',
  },
} as const satisfies OptionTable

/** How the input is read. */
export const inputOptions = {
  format: {
    group: 'Input',
    type: 'string',
    choices: ['csv', 'tsv', 'jsonl', 'json'],
    describe: 'Format of the input, when its name does not say; json is one array of objects',
  },
  delimiter: {
    group: 'Input',
    type: 'string',
    placeholder: 'CHAR',
    describe: 'Delimiter of a CSV input, one character or tab, when its first line misleads',
  },
  noHeader: {
    group: 'Input',
    type: 'boolean',
    default: false,
    describe: 'The first line of a CSV or TSV is a row like the others; its columns are col_1, col_2, … or --columns',
  },
  columns: {
    group: 'Input',
    type: 'string',
    placeholder: 'NAMES',
    describe: 'With --no-header: the names of the columns, such as id,text',
  },
  encoding: {
    group: 'Input',
    type: 'string',
    placeholder: 'NAME',
    describe: 'Encoding of the input, such as gb18030, big5, shift_jis, euc-kr or windows-1252, when it is not UTF-8',
  },
  badRows: {
    group: 'Input',
    type: 'string',
    choices: ['stop', 'fail'],
    default: 'stop',
    describe: 'Rows that no request can be made from: stop before anything is sent, or fail them and send the others',
  },
} as const satisfies OptionTable

/** Which rows a run is about. Never a part of a row's identity: what one choice has answered, the next one reuses. */
export const choiceOptions = {
  limit: {
    group: 'Choice',
    type: 'number',
    min: 1,
    integer: true,
    describe: 'So many rows alone; the results hold these rows, and a run without it reuses their answers',
  },
  offset: { group: 'Choice', type: 'number', min: 0, integer: true, describe: 'Leave out so many rows first' },
  shuffleSeed: {
    group: 'Choice',
    type: 'number',
    integer: true,
    describe: 'Let --limit and --offset choose at random, always the same rows for the same seed',
  },
  where: {
    group: 'Choice',
    type: 'list',
    placeholder: 'COLUMN=VALUE',
    describe:
      'Rows with this very value in that column alone, or with COLUMN!=VALUE the others; repeatable, all must hold',
  },
  dedupe: {
    group: 'Choice',
    type: 'boolean',
    default: false,
    describe: 'Send equal requests once: all their rows get the answer, the first one has its cost',
  },
} as const satisfies OptionTable

/** How the results are written, which a later session may change. */
export const spreadsheetOptions = {
  excel: {
    group: 'Output',
    type: 'boolean',
    default: false,
    describe:
      'Write CSV or TSV for a spreadsheet: with a byte order mark, and with an apostrophe before added cells that it would run; kept for later sessions',
  },
} as const satisfies OptionTable

/** Where the results go. */
export const outputOptions = {
  output: {
    group: 'Output',
    type: 'string',
    alias: 'o',
    placeholder: 'FILE',
    describe:
      'Results file, .csv, .tsv or .jsonl; "-" is standard output (without it: beside the input; several inputs need it)',
  },
  outputPrefix: {
    group: 'Output',
    type: 'string',
    placeholder: 'TEXT',
    describe: 'Put before the name of every added column, when the input has a column of the same name',
  },
  select: {
    group: 'Output',
    type: 'list',
    placeholder: 'COLUMN,…',
    describe: 'Columns of the results and their order, such as id,response,cost_usd; without it all of them',
  },
  ...spreadsheetOptions,
  overwrite: {
    group: 'Output',
    type: 'boolean',
    default: false,
    describe: 'Overwrite a results file that promptmill did not write',
  },
  changed: {
    group: 'Output',
    type: 'string',
    choices: ['stop', 'resend'],
    default: 'stop',
    describe:
      'When model, template or parameters changed since the last run: stop, or send and pay for every row again',
  },
} as const satisfies OptionTable

/** What tokens cost. */
export const priceOptions = {
  prices: {
    group: 'Cost',
    type: 'string',
    placeholder: 'FILE',
    describe: 'Prices that go before those that come with promptmill; a run keeps them for its later sessions',
  },
} as const satisfies OptionTable

/** How requests are sent. Never a part of a row's identity. */
export const sendOptions = {
  ...priceOptions,
  maxCost: {
    group: 'Cost',
    type: 'number',
    placeholder: 'USD',
    min: 1e-9,
    describe: 'Never spend more than this on the run, over all its sessions; goes best with --max-tokens',
  },
  baseUrl: {
    group: 'Sending',
    type: 'string',
    placeholder: 'URL',
    env: 'OPENAI_BASE_URL',
    default: 'https://api.openai.com/v1',
    describe: 'Endpoint, OpenAI or compatible; of Azure the resource, one deployment, or its /openai/v1',
  },
  apiVersion: {
    group: 'Sending',
    type: 'string',
    placeholder: 'VERSION',
    env: 'OPENAI_API_VERSION',
    describe: 'Version of the API for an Azure base URL that does not end in /openai/v1, such as 2024-10-21',
  },
  concurrency: {
    group: 'Sending',
    type: 'number',
    min: 1,
    max: 10_000,
    integer: true,
    default: 64,
    describe: 'Most requests in flight at once',
  },
  rpm: { group: 'Sending', type: 'number', min: 1, describe: 'Requests a minute, when the endpoint does not say' },
  tpm: { group: 'Sending', type: 'number', min: 1, describe: 'Tokens a minute, when the endpoint does not say' },
  retries: {
    group: 'Sending',
    type: 'number',
    min: 0,
    max: 100,
    integer: true,
    default: 5,
    describe: 'Further tries a row may get after failures that may pass; refusals for rate (429) are not counted',
  },
  retryInvalid: {
    group: 'Sending',
    type: 'number',
    min: 0,
    max: 100,
    integer: true,
    default: 0,
    describe: 'How many of --retries may follow answers that break --schema or are no JSON; each answer is paid for',
  },
  timeout: {
    group: 'Sending',
    type: 'number',
    min: 0.001,
    max: 86_400,
    default: 600,
    placeholder: 'SECONDS',
    describe: 'Longest one attempt may take, headers and body together',
  },
  maxWait: {
    group: 'Sending',
    type: 'number',
    min: 0,
    max: 31_536_000,
    default: 600,
    placeholder: 'SECONDS',
    describe: 'Longest wait the endpoint may ask for; beyond it the run stops and says so',
  },
  insecureHttp: {
    group: 'Sending',
    type: 'boolean',
    default: false,
    describe: 'Allow plain http:// to another machine, key and prompts in clear text',
  },
  simulate: {
    group: 'Sending',
    type: 'boolean',
    default: false,
    describe: 'Rehearse against a built-in local endpoint: no key, no cost, answers made up',
  },
} as const satisfies OptionTable

/** What an estimate goes by. */
export const forecastOptions = {
  sample: {
    group: 'Estimate',
    type: 'number',
    min: 2,
    integer: true,
    describe: 'Really send so many rows, chosen at random, and expect answers like theirs; a run keeps those answers',
  },
  like: {
    group: 'Estimate',
    type: 'string',
    placeholder: 'RESULTS',
    describe: 'Expect answers as long, and as fast, as those of an earlier run',
  },
  expectTokens: {
    group: 'Estimate',
    type: 'number',
    min: 1,
    describe: 'Expect answers of so many completion tokens on average, when no run tells better',
  },
  compare: {
    group: 'Estimate',
    type: 'list',
    placeholder: 'MODEL,MODEL',
    describe: 'Show what these models would take for the same rows, cheapest first',
  },
} as const satisfies OptionTable

const { schema: _schema, jsonMode: _jsonMode, ...askOptions } = promptOptions

/** What `retry` sends again, and what it may change: how is asked and sent, but never the shape of the results. */
export const retryOptions = {
  only: {
    group: 'Retry',
    type: 'list',
    placeholder: 'CODE,CODE',
    describe:
      'Send rows with these error codes alone; truncated, refused and content_filter mean answers, bought again only so',
  },
  dryRun: {
    group: 'Retry',
    type: 'boolean',
    default: false,
    describe: 'Show what would be sent and what it would cost; send and write nothing',
  },
  input: {
    group: 'Retry',
    type: 'string',
    placeholder: 'FILE',
    describe: 'Where the input is now, if it moved; it must have the same rows',
  },
  ...askOptions,
  ...spreadsheetOptions,
  ...sendOptions,
} as const satisfies OptionTable

/** What is asked of prices alone. */
export const priceListOptions = {
  listPrices: {
    group: 'Cost',
    type: 'boolean',
    default: false,
    describe: 'Print what is known of prices, of all models or of the one named in place of the input',
  },
} as const satisfies OptionTable

/** What is asked of a check alone. */
export const checkOptions = {
  show: {
    group: 'Output',
    type: 'number',
    placeholder: 'ROW',
    min: 1,
    integer: true,
    describe:
      'Print the request of this row, counted from 1 over the whole input whatever rows are chosen, exactly as it would be sent, and check nothing else',
  },
} as const satisfies OptionTable

/** What a program reads instead of a table. */
export const jsonOptions = {
  json: { group: 'Output', type: 'boolean', default: false, describe: 'Print one JSON object' },
} as const satisfies OptionTable

/** What is asked of a journal. */
export const journalOptions = {
  journal: {
    group: 'Journal',
    type: 'boolean',
    default: false,
    describe: 'Verify every checksum and every number of the journal and say what is damaged, with exit status 1',
  },
  repair: {
    group: 'Journal',
    type: 'boolean',
    default: false,
    describe: 'The same, and move what is damaged into a file beside the journal; everything else is kept as it is',
  },
} as const satisfies OptionTable

/** Where flags come from, beside the command line. */
export const configOptions = {
  config: {
    group: 'Job file',
    type: 'string',
    placeholder: 'FILE',
    describe: 'Job file, YAML or JSON: flags by their names, and input; or the manifest of a run. Flags go before it',
  },
} as const satisfies OptionTable

/** What is told of a job instead of running it. */
export const printOptions = {
  printConfig: {
    group: 'Job file',
    type: 'boolean',
    default: false,
    describe: 'Print the job as a job file, everything filled in, and send nothing',
  },
} as const satisfies OptionTable

/** What a person sees. */
export const terminalOptions = {
  progress: {
    group: 'Terminal',
    type: 'string',
    choices: ['auto', 'bar', 'plain', 'json', 'none'],
    default: 'auto',
    describe: 'Progress on standard error: a bar in a terminal, plain lines elsewhere, JSON events for machines',
  },
  quiet: { group: 'Terminal', type: 'boolean', alias: 'q', default: false, describe: 'Say only what went wrong' },
} as const satisfies OptionTable

/** Everything `run` understands, in the library too. */
export const runOptions = {
  ...promptOptions,
  ...inputOptions,
  ...choiceOptions,
  ...outputOptions,
  ...sendOptions,
} as const

/** Everything `estimate` understands: the flags of `run`, since it plans the very requests that `run` would send. */
export const estimateOptions = { ...runOptions, ...forecastOptions } as const

export type EstimateFlags = OptionsOf<typeof estimateOptions>

export type RunFlags = OptionsOf<typeof runOptions>
export type RunFlagSettings = SettingsOf<typeof runOptions>

/** The flags that make up every row's identity: when one of them changes, every row would be paid for again. */
export const identityFlags = [
  'model',
  'prompt',
  'system',
  'messages',
  'imageColumn',
  'imageDetail',
  'temperature',
  'topP',
  'maxTokens',
  'maxTokensName',
  'seed',
  'reasoningEffort',
  'param',
  'rowParams',
  'schema',
  'jsonMode',
] as const satisfies readonly (keyof RunFlags)[]
