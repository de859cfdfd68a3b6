import path from 'node:path'
import { PromptmillError } from '../core/errors.js'

export type InputFormat = 'csv' | 'tsv' | 'jsonl' | 'json'

const formats: Readonly<Record<string, InputFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
}

/** What to do about a file that people often try and that holds rows in another form. */
const conversions: Readonly<Record<string, string>> = {
  '.xlsx': 'Save the sheet as "CSV UTF-8" first',
  '.xls': 'Save the sheet as "CSV UTF-8" first',
  '.ods': 'Save the sheet as CSV (UTF-8) first',
  '.parquet': 'Convert it to CSV or JSONL first',
}

/**
 * The format of an input: the one that was asked for, else the one its name says (`.gz` at the end put aside).
 * @throws PromptmillError `bad_input` when neither says
 */
export const decideFormat = (name: string, asked: InputFormat | undefined): InputFormat => {
  if (asked !== undefined) return asked
  const extension = path.extname(name.replace(/\.gz$/i, '')).toLowerCase()
  const format = Object.hasOwn(formats, extension) ? formats[extension] : undefined
  if (format !== undefined) return format
  const conversion = Object.hasOwn(conversions, extension) ? conversions[extension] : undefined
  throw new PromptmillError('bad_input', `The name of ${name} does not say whether it holds CSV, TSV, JSONL or JSON`, {
    hint: conversion ?? 'Say so with --format csv, tsv, jsonl or json',
  })
}

/** What is wrong with a flag that says how a table is written, where there is none. */
export const notForJson = (flag: string, format: InputFormat): PromptmillError =>
  new PromptmillError('bad_flag', `${flag} is for CSV and TSV, and the input is ${format.toUpperCase()}`, {
    hint: 'Leave it out: in JSON every value has its name beside it. If the file is a table, give --format csv',
  })
