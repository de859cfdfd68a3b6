import { isObject } from '../core/json-object.js'
import type { JsonObject, JsonValue } from '../core/model.js'
import { type AnswerWords, cutAnswer, findWords, type WrittenAnswer, writeAnswer } from './answer-text.js'
import { type ChatRequest, isReasoningModel } from './chat-request.js'
import { type JsonForm, jsonFormOf, writeJson } from './json-answer.js'
import type { AnswerKind, SimulatorSettings } from './options.js'
import { createRandom, drawLogNormal, type Random, toSeed } from './random.js'
import type { CountText } from './word-counter.js'

/** One choice and what it took. */
export interface Choice {
  readonly message: JsonObject
  readonly finishReason: string
  /** Reasoning included. */
  readonly completionTokens: number
  readonly reasoningTokens: number
}

export interface Writer {
  readonly settings: Pick<SimulatorSettings, 'seed' | 'outputTokens' | 'outputSpread'>
  /** Counts readable text. */
  readonly countText: CountText
  /** Counts any text, at a price. */
  readonly countExactly: CountText
}

interface Draft extends WrittenAnswer {
  readonly id: string
  readonly reasoningTokens: number
}

const refusal = 'I am sorry, but I cannot help with that.'

const at = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  isObject(value) ? value[key] : undefined

const toList = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])

const toText = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** What the last message says, its text parts joined. */
const lastText = (body: JsonObject): string => {
  const content = at(toList(body['messages']).at(-1), 'content')
  return Array.isArray(content) ? content.map(part => toText(at(part, 'text'))).join(' ') : toText(content)
}

const toolName = (body: JsonObject): string => toText(at(at(toList(body['tools'])[0], 'function'), 'name')) || 'lookup'

/** Whole blocks of 64, as the API reports them. */
const drawReasoning = ({ model, body }: ChatRequest, random: Random): number => {
  const effort = body['reasoning_effort']
  if (!isReasoningModel(model) || effort === 'none' || effort === 'minimal') return 0
  return 64 * (1 + Math.floor(random() * 6))
}

/** Log-normal with the mean asked for: the mean of such numbers is their median times exp(sigma² / 2). */
const drawLength = ({ outputTokens, outputSpread }: Writer['settings'], random: Random): number =>
  Math.max(1, Math.round(drawLogNormal(random, outputTokens / Math.exp(outputSpread ** 2 / 2), outputSpread)))

/** What is asked of an answer: its words, its form, and whether it keeps to that. */
interface Task {
  readonly words: AnswerWords
  readonly form: JsonForm | undefined
  readonly valid: boolean
}

const writeDraft = (request: ChatRequest, { words, form, valid }: Task, index: number, writer: Writer): Draft => {
  const { settings, countText, countExactly } = writer
  const mixed = toSeed(request.key) ^ Math.imul(settings.seed + 1, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b)
  const random = createRandom(mixed)
  const reasoningTokens = drawReasoning(request, random)
  const length = drawLength(settings, random)
  if (form !== undefined) {
    const text = writeJson(form, words, { random, valid })
    return { id: `${request.key}${index}`, text, tokens: countExactly(text), reasoningTokens }
  }
  const answer = writeAnswer(words, length, { random, countText })
  return { id: `${request.key}${index}`, ...answer, reasoningTokens }
}

const toMessage = (said: JsonObject): JsonObject => ({
  role: 'assistant',
  content: null,
  refusal: null,
  ...said,
  annotations: [],
})

/** Reasoning comes first: a small limit can be used up by it, with nothing said and everything billed. */
const cutDraft = ({ text, reasoningTokens }: Draft, most: number, countText: CountText): Choice => ({
  message: toMessage({ content: cutAnswer(text, most - reasoningTokens, countText) }),
  finishReason: 'length',
  completionTokens: most,
  reasoningTokens: Math.min(most, reasoningTokens),
})

const finishDraft = (draft: Draft, kind: AnswerKind, body: JsonObject): Choice => {
  const { id, text, tokens, reasoningTokens } = draft
  const facts = { finishReason: 'stop', completionTokens: reasoningTokens + tokens, reasoningTokens }
  if (kind === 'refusal') return { ...facts, message: toMessage({ refusal: text }) }
  if (kind !== 'toolCall') return { ...facts, message: toMessage({ content: text }) }
  const call = { name: toolName(body), arguments: JSON.stringify({ query: text }) }
  return {
    ...facts,
    message: toMessage({ tool_calls: [{ id: `call_${id}`, type: 'function', function: call }] }),
    finishReason: 'tool_calls',
  }
}

/**
 * The choices of an answer. Their text follows from model, messages, seed and place alone; where it is cut, from the
 * request's token limit and the kind of answer.
 */
export const writeChoices = (request: ChatRequest, kind: AnswerKind, writer: Writer): readonly Choice[] => {
  const { countText } = writer
  const words = findWords(lastText(request.body))
  const task: Task = { words, form: jsonFormOf(request.body), valid: kind !== 'invalidJson' }
  return Array.from({ length: request.n }, (_, index) => {
    const written = writeDraft(request, task, index, writer)
    const draft = kind === 'refusal' ? { ...written, text: refusal, tokens: countText(refusal) } : written
    const whole = draft.reasoningTokens + draft.tokens
    const wanted = kind === 'finishLength' ? draft.reasoningTokens + Math.floor(draft.tokens / 2) : whole
    const most = Math.min(request.maxTokens ?? wanted, wanted)
    return most < whole ? cutDraft(draft, most, countText) : finishDraft(draft, kind, request.body)
  })
}
