import { expect, it } from 'vitest'
import { mergeJob } from '../../../src/cli/job/merge.js'

it.each([
  ['flags go before the file', { model: 'a', limit: 1 }, { limit: 2 }, { model: 'a', limit: 2 }],
  ['lists are not added up', { where: ['a=1'] }, { where: ['b=2'] }, { where: ['b=2'] }],
  ['inputs of the command line go before the file', { input: ['a'] }, { input: ['b'] }, { input: ['b'] }],
  ['no inputs on the command line leave those of the file', { input: ['a'] }, { input: [] }, { input: ['a'] }],
  [
    'a text takes the place of a file of it',
    { promptFile: 'p', systemFile: 's' },
    { prompt: 'x' },
    { prompt: 'x', systemFile: 's' },
  ],
  ['a conversation takes the place of both', { prompt: 'p', system: 's' }, { messages: 'm' }, { messages: 'm' }],
  ['a schema takes the place of plain JSON', { jsonMode: true }, { schema: 's' }, { schema: 's' }],
])('%s', (_title, job, given, merged) => {
  expect(mergeJob(job, given)).toEqual(merged)
})
