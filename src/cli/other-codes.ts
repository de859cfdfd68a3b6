import type { FindingCode } from '../commands/check/findings.js'
import type { ErrorCode } from '../core/errors.js'
import type { FailureCode } from '../core/failures.js'

/** Codes that are told by `check`, and by errors that end a command, but never stand in a row of the results. */
type OtherCode = Exclude<ErrorCode | FindingCode, FailureCode>

/** What each means, and what to do. */
export const otherCodes = {
  bad_flag: ['A flag or option is wrong', 'The message names it and says what it takes.'],
  bad_config: ['The job file is wrong', 'The message names its line.'],
  bad_input: ['The input cannot be read', 'The message says where, the hint how to read it.'],
  bad_template: ['A template is wrong, or names a column that there is not', 'Mend --prompt, --system or --messages.'],
  bad_key: ['The API key is missing, or cannot be one', 'Set OPENAI_API_KEY, for Azure AZURE_OPENAI_API_KEY.'],
  bad_price: ['A price is wrong or not known', 'Mend the file of --prices, or give one.'],
  bad_output: [
    'The results cannot be written so: their place, or a column',
    'Give another --output, or an --output-prefix where the input has columns of the same names.',
  ],
  bad_schema: ['The schema is wrong, or nothing that strict mode takes', 'The message names the place in it.'],
  output_exists: ['promptmill did not write the file where results would go', 'Give another --output, or --overwrite.'],
  settings_changed: [
    'What is asked changed, so that every row would be sent again',
    'Put the settings back, give another --output, or --changed resend.',
  ],
  not_a_run: ['There is no run of that name', 'Name its results, or the run folder beside them.'],
  locked: ['Another process holds the run folder', 'Wait for it, or stop it.'],
  journal_damaged: ['The journal is damaged', 'promptmill status RESULTS --journal shows where, --repair mends it.'],
  disk: ['The disk failed, or is full', 'Make room; the same command resumes.'],
  endpoint: ['The endpoint ended the sending', 'The message says why.'],
  input_changed: ['The input changed while it was read', 'The same command begins anew, with the file at rest.'],
  interrupted: ['It was told to stop', 'The same command goes on.'],
  bad_image: ['An image of a row cannot be shown', 'The message says why: mend or leave out the image.'],
  context_exceeded: [
    'Prompt and answer do not fit into the context of the model',
    'Shorten the row or lower --max-tokens.',
  ],
  context_unknown: [
    'The prompt is longer than many models take, and what this one takes is not known',
    'Check in its documentation.',
  ],
  limit_exceeded: ['The row alone is over a limit', 'Shorten the row, or raise the limit that the message names.'],
  duplicate_id: ['An earlier row has the same id', 'Give each row an id of its own.'],
  duplicate_request: ['An earlier row asks the very same', 'Nothing where repeats are wanted, else --dedupe.'],
  unknown_price: ['No price is known for the model', 'Check its name, or give --prices FILE with its rates.'],
  no_rows: ['There is not a single row', 'Check that this is the file that is meant.'],
  no_column: ['The template names no column: every row is sent the same text', 'Write a column as {{name}}.'],
  images_unsupported: ['The model is known to take no images', 'Use another model.'],
} as const satisfies Readonly<Record<OtherCode, readonly [title: string, advice: string]>>

/** Whether a text is one of these codes. */
export const isOtherCode = (code: string): code is OtherCode => Object.hasOwn(otherCodes, code)
