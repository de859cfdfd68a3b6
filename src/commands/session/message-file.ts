import { PromptmillError } from '../../core/errors.js'
import { locateJsonFault } from '../../core/json-fault.js'
import { isObject } from '../../core/json-object.js'
import { nearestName } from '../../core/nearest.js'
import { flagName } from '../../core/option-spec.js'
import type { RunFlagSettings } from '../../core/options.js'
import { type MessageTemplate, type Role, roles } from '../../prompt/templates.js'
import { readTextFile } from './text-file.js'

const flag = flagName('messages')

const bad = (where: string, problem: string, hint: string): PromptmillError =>
  new PromptmillError('bad_template', `${where}: ${problem}`, { hint })

const form =
  'It holds a list such as [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "{{question}}"}]'

const parseList = (text: string, name: string): readonly unknown[] => {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    const { line = 1, column = 1, endsEarly } = locateJsonFault(text) ?? {}
    const problem = endsEarly === true ? 'it ends too early' : `character ${column} of the line cannot stand there`
    throw bad(`${name}, line ${line}`, `not valid JSON: ${problem}`, form)
  }
  if (!Array.isArray(list) || list.length === 0) throw bad(name, 'not a list of messages', form)
  return list
}

const isRole = (role: unknown): role is Role => roles.some(known => known === role)

const readRole = (role: unknown, where: string): Role => {
  if (isRole(role)) return role
  if (typeof role !== 'string') throw bad(where, 'the message has no role', form)
  const nearest = nearestName(role, roles)
  const hint = `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}Roles are ${roles.join(', ')}`
  throw bad(where, `there is no role ${JSON.stringify(role.slice(0, 40))}`, hint)
}

const readMessage = (message: unknown, where: string): MessageTemplate => {
  if (!isObject(message)) throw bad(where, 'not an object with a role and content', form)
  const { role, content } = message
  const more = Object.keys(message).find(key => key !== 'role' && key !== 'content')
  if (more !== undefined) throw bad(where, `the key ${JSON.stringify(more.slice(0, 40))} is not known`, form)
  const speaker = readRole(role, where)
  if (typeof content !== 'string') throw bad(where, 'the content is not a text', form)
  return { role: speaker, content: { name: where, source: content } }
}

/** The text of a list of messages and what it is called; a value that begins with a bracket is the list itself. */
const readText = async (given: string): Promise<{ readonly name: string; readonly text: string }> => {
  if (given.trimStart().startsWith('[')) return { name: flag, text: given }
  return { name: `${flag} ${given}`, text: await readTextFile(flag, given) }
}

const others = ['prompt', 'promptFile', 'system', 'systemFile'] as const

/**
 * Reads the conversation that `--messages` names; undefined without it.
 * @throws PromptmillError `bad_flag` for a file that cannot be read or flags that exclude each other, `bad_template` for
 * what the file holds
 */
export const readMessageTemplates = async (flags: RunFlagSettings): Promise<readonly MessageTemplate[] | undefined> => {
  const { messages } = flags
  if (messages === undefined) return undefined
  const other = others.find(key => flags[key] !== undefined)
  if (other !== undefined) {
    throw new PromptmillError('bad_flag', `${flag} and ${flagName(other)} are both given`, {
      hint: `${flag} holds the whole conversation: put the text into its file, or leave ${flag} out`,
    })
  }
  const { name, text } = await readText(messages)
  return parseList(text, name).map((message, index) => readMessage(message, `${name}, message ${index + 1}`))
}

/** The conversation as one text that `--messages` takes: what the manifest keeps of the file. */
export const writeMessageTemplates = (messages: readonly MessageTemplate[]): string =>
  JSON.stringify(messages.map(({ role, content }) => ({ role, content: content.source })))
