/**
 * What a failure means for sending and for money. The classes decide, never a status code alone.
 *
 * - `never-sent`: no byte of the request left; nothing can be billed.
 * - `refused`: the endpoint turned the request away unread; nothing is billed.
 * - `ambiguous`: it may have been billed, nobody can know: the API has no idempotency key for completions.
 * - `row-fatal`: this row cannot succeed as it is.
 * - `run-fatal`: no row can succeed now.
 * - `flagged`: not a failure; a usable, paid answer that somebody should look at.
 */
export type FailureClass = 'never-sent' | 'refused' | 'ambiguous' | 'row-fatal' | 'run-fatal' | 'flagged'

/** What becomes of a row of each class, told to people. */
export const failureClasses: Readonly<Record<FailureClass, string>> = {
  'never-sent': 'Nothing was sent, nothing is billed. Tried again until the endpoint is back, within --max-wait',
  refused: 'Not billed. Waited out as long as the endpoint asks, within --max-wait; not counted as a retry',
  ambiguous: 'May have been billed. Tried again up to --retries times, then the row fails',
  'row-fatal': 'The row fails at once and is not sent again; the others go on',
  'run-fatal': 'The run stops at once; what is in flight is kept, the other rows stay pending',
  flagged: 'The answer is kept and counts as ok; it is never bought again unasked',
}

export interface FailureText {
  readonly class: FailureClass
  /** One sentence without a full stop: what happened. */
  readonly title: string
  /** One or two sentences: what to do. */
  readonly advice: string
}

/** The one table of everything that can become of a row, by the code that stands in `error_code`. */
export const failureTable = {
  rate_limited: {
    class: 'refused',
    title: 'The rate limit of the account, project or model was reached (429)',
    advice: 'Nothing to do: the run slows down and waits. To be refused less, set --rpm and --tpm to your limits.',
  },
  slow_down: {
    class: 'refused',
    title: 'The endpoint asks to raise the request rate more slowly (429 or 503, slow_down)',
    advice: 'Nothing to do: the run sends less at once and grows again slowly.',
  },
  overloaded: {
    class: 'refused',
    title: 'The endpoint is overloaded and turned the request away',
    advice: 'Nothing to do: the run sends less at once and waits. If it lasts, try again later with the same command.',
  },
  connection_failed: {
    class: 'never-sent',
    title: 'No connection to the endpoint could be made',
    advice: 'Check --base-url, the network, and HTTPS_PROXY or NO_PROXY. The same command resumes.',
  },
  too_many_sockets: {
    class: 'never-sent',
    title: 'The system allows no more open files, and so no more connections',
    advice: 'The run goes on with fewer at once. Raise the limit (ulimit -n) or lower --concurrency.',
  },
  timeout: {
    class: 'ambiguous',
    title: 'No complete answer came in time',
    advice: 'Raise --timeout if answers of this model take longer; the call may have been billed.',
  },
  connection_lost: {
    class: 'ambiguous',
    title: 'The connection broke before the answer was complete',
    advice: 'Run `promptmill retry`. If it is frequent, look for a proxy or gateway that ends long requests.',
  },
  server_error: {
    class: 'ambiguous',
    title: 'The endpoint failed (5xx)',
    advice: 'Run `promptmill retry` later.',
  },
  conflict: {
    class: 'ambiguous',
    title: 'The endpoint could not lock something it needed (409)',
    advice: 'Run `promptmill retry` later.',
  },
  invalid_body: {
    class: 'ambiguous',
    title: 'The endpoint said it succeeded, but what it sent is not a completion',
    advice: 'Look for a captive portal, proxy or wrong --base-url. What was received is in the journal.',
  },
  error_in_answer: {
    class: 'ambiguous',
    title: 'The endpoint said it succeeded, but sent an error',
    advice: 'Some gateways do that; the message is theirs. Run `promptmill retry` later.',
  },
  answer_too_large: {
    class: 'ambiguous',
    title: 'The answer was larger than promptmill accepts and was cut off',
    advice: 'Limit it with --max-tokens, or send fewer choices (n).',
  },
  bad_request: {
    class: 'row-fatal',
    title: 'The endpoint does not accept the request (400, 422 or another 4xx)',
    advice: 'The message says what it objects to: a parameter the model does not know, or what this row holds.',
  },
  context_too_long: {
    class: 'row-fatal',
    title: 'Prompt and answer do not fit into the context of the model',
    advice: 'Shorten the row, lower --max-tokens, or use a model with a larger context.',
  },
  content_policy: {
    class: 'row-fatal',
    title: 'The endpoint refused the prompt because of its content policy',
    advice: 'Change the row. Sending it again as it is does not help and can count against the account.',
  },
  too_large: {
    class: 'row-fatal',
    title: 'The request is larger than the endpoint accepts (413)',
    advice: 'Shorten the row or shrink its images.',
  },
  row_over_tpm: {
    class: 'row-fatal',
    title: 'The row alone needs more tokens than the limit allows in a minute',
    advice: 'Shorten the row, lower --max-tokens, or have the limit raised.',
  },
  empty_answer: {
    class: 'row-fatal',
    title: 'The completion holds no text; it is paid for',
    advice: 'Look at its finish_reason in the journal, change the prompt or the model, then `promptmill retry`.',
  },
  schema_mismatch: {
    class: 'row-fatal',
    title: 'The answer breaks the schema, or is no JSON; it is paid for',
    advice:
      'The message says where; the answer is in `response`. `promptmill retry` asks again, --retry-invalid at once. An endpoint without strict mode needs the schema in the prompt too.',
  },
  invalid_json: {
    class: 'row-fatal',
    title: 'The answer is no JSON object, as --json-mode asks for; it is paid for',
    advice: 'Say in the prompt what object is wanted, then `promptmill retry`; --retry-invalid asks again at once.',
  },
  invalid_row: {
    class: 'row-fatal',
    title: 'The row could not be read',
    advice: 'Mend the row in the input: `promptmill check` names its line. Nothing was sent for it.',
  },
  empty_prompt: {
    class: 'row-fatal',
    title: 'The prompt of the row is empty',
    advice: 'Fill the cells that the template uses; nothing was sent for it.',
  },
  missing_value: {
    class: 'row-fatal',
    title: 'The row lacks a value that the template uses',
    advice: 'Fill it in, or change the template; nothing was sent for it.',
  },
  invalid_messages: {
    class: 'row-fatal',
    title: 'The messages of the row are not a conversation',
    advice: 'Each message needs a role and content; nothing was sent for it.',
  },
  invalid_param: {
    class: 'row-fatal',
    title: 'A setting of the row, from a column or its params, is none that the API takes',
    advice: 'Mend the cell that the message names, or empty it to use the setting of the run; nothing was sent for it.',
  },
  unsupported_request: {
    class: 'row-fatal',
    title: 'The row asks for something promptmill does not send',
    advice: 'See the message; nothing was sent for it.',
  },
  image_missing: {
    class: 'row-fatal',
    title: 'An image that the row names is not there, or cannot be read',
    advice: "Paths count from the input's folder, then from --image-root; nothing was sent for it.",
  },
  image_invalid: {
    class: 'row-fatal',
    title: 'What the row names is no image that the API takes',
    advice: 'PNG, JPEG, WEBP and GIF are taken, as a file, a data URL or behind http(s); nothing was sent for it.',
  },
  image_too_large: {
    class: 'row-fatal',
    title: 'The images of the row are larger, or more, than one request takes',
    advice: 'Shrink them or spread them over several rows; nothing was sent for it.',
  },
  image_outside: {
    class: 'row-fatal',
    title: "An image lies outside the input's folder, so it is not read",
    advice:
      'Name images by paths relative to the input or, if you trust it, to a further folder that --image-root DIR opens; nothing was sent for it.',
  },
  image_changed: {
    class: 'row-fatal',
    title: 'An image changed between the planning of the run and its sending',
    advice: 'Nothing was sent for it. When the file is at rest, the same `run` command sends the row as it is then.',
  },
  invalid_key: {
    class: 'run-fatal',
    title: 'The endpoint does not accept the API key (401)',
    advice:
      'Check OPENAI_API_KEY (for Azure AZURE_OPENAI_API_KEY), OPENAI_ORG_ID and OPENAI_PROJECT_ID, then run the same command again.',
  },
  no_access: {
    class: 'run-fatal',
    title: 'The account may not use this model, or not from this place (403)',
    advice: 'Check the rights of the key and project, and whether your country or region is supported.',
  },
  model_not_found: {
    class: 'run-fatal',
    title: 'The endpoint does not know the model, or the account may not use it',
    advice: 'Check --model and --base-url.',
  },
  wrong_url: {
    class: 'run-fatal',
    title: 'The endpoint has nothing at this address (404)',
    advice: 'Check --base-url: most end in /v1. For Azure check --api-version too.',
  },
  redirected: {
    class: 'run-fatal',
    title: 'The endpoint points to another address, and the key is not sent on',
    advice: 'Set --base-url to the right address: https instead of http, no slash or path missing.',
  },
  out_of_credit: {
    class: 'run-fatal',
    title: 'The account has no credit left, or its spending limit is reached',
    advice: 'Add credit or raise the limit, then run the same command again: it goes on where it stopped.',
  },
  tls_failed: {
    class: 'run-fatal',
    title: 'No secure connection: the certificate is not trusted, or the endpoint does not speak TLS',
    advice:
      'Check --base-url: an endpoint without TLS begins with http://. Behind a company proxy set NODE_EXTRA_CA_CERTS to its certificate.',
  },
  proxy_failed: {
    class: 'run-fatal',
    title: 'The proxy refused the connection',
    advice: 'Check HTTPS_PROXY and HTTP_PROXY with their user and password, or list the host in NO_PROXY.',
  },
  misconfigured: {
    class: 'run-fatal',
    title: 'The first rows were all refused in the same way, so the settings are at fault',
    advice:
      'See the message. An endpoint that does not know max_completion_tokens needs --max-tokens-name max_tokens. If only these rows are at fault, mend them or take them out of the input.',
  },
  simulated_endpoint: {
    class: 'run-fatal',
    title: 'The answers come from a simulator where real ones are meant, or the other way round',
    advice: 'Check --base-url and --simulate, or give another --output.',
  },
  wait_too_long: {
    class: 'run-fatal',
    title: 'The endpoint asks to wait longer than --max-wait',
    advice: 'Run the same command again later, or raise --max-wait.',
  },
  outage: {
    class: 'run-fatal',
    title: 'The endpoint cannot be reached, or did not come back within --max-wait',
    advice:
      'Run the same command again when it is back. If it never was, check --base-url, the network and HTTPS_PROXY.',
  },
  retry_budget_spent: {
    class: 'run-fatal',
    title: 'Too many calls fail: more than half as many repeats as rows done',
    advice: 'Run the same command again when the endpoint is well, or look at the failures with `promptmill status`.',
  },
  budget_exhausted: {
    class: 'run-fatal',
    title: 'The next row might cost more than is left of --max-cost',
    advice: 'Raise --max-cost and run the same command again.',
  },
  truncated: {
    class: 'flagged',
    title: 'The answer was cut at the token limit',
    advice:
      'Raise --max-tokens if the whole answer is needed; a reasoning model can use all of it before it writes. With --schema or --json-mode the row fails, unless its JSON is whole.',
  },
  refused: {
    class: 'flagged',
    title: 'The model refused to answer; the refusal is the response',
    advice: 'Reword the prompt if the refusal is a mistake.',
  },
  content_filter: {
    class: 'flagged',
    title: 'The answer was cut by a content filter',
    advice:
      'Reword the prompt if the filter is mistaken. With --schema or --json-mode the row fails, unless its JSON is whole.',
  },
} as const satisfies Readonly<Record<string, FailureText>>

export type FailureCode = keyof typeof failureTable

/** Whether a text is one of the table's codes. */
export const isFailureCode = (code: string): code is FailureCode => Object.hasOwn(failureTable, code)

export const failureClassOf = (code: FailureCode): FailureClass => failureTable[code].class
