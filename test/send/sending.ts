import type { Request } from '../../src/core/model.js'
import type { JournalRecord, RecordSink } from '../../src/core/records.js'
import { openEndpoint } from '../../src/send/client.js'
import type { SendEvent, Sender, SendPorts, SendSettings, Settlement, Transport } from '../../src/send/contract.js'
import { dispatch } from '../../src/send/dispatch.js'
import { createSender } from '../../src/send/sender.js'
import { createTransport, type TransportOptions } from '../../src/send/transport.js'
import { createVirtualClock, type VirtualClock } from './virtual-clock.js'

export const testKey = 'sk-test-CANARY0123456789'

export const requestFor = (row: number, rest: Partial<Request> = {}): Request => ({
  key: row.toString(16).padStart(32, '0'),
  nth: 0,
  row,
  line: row + 2,
  path: '/chat/completions',
  model: 'm-1',
  body: JSON.stringify({ model: 'm-1', messages: [{ role: 'user', content: `question ${row}` }] }),
  ...rest,
})

export const requests = (count: number): Request[] => Array.from({ length: count }, (_, row) => requestFor(row))

/** A journal in memory, in the order in which records were asked for. */
export const createMemoryJournal = () => {
  const records: JournalRecord[] = []
  const keep = async (record: JournalRecord): Promise<number> => records.push(record) - 1
  const sink: RecordSink = { note: keep, commit: keep }
  return { records, ...sink }
}

/** A transport to a real endpoint, on the machine's own clock unless told otherwise. */
export const connect = async (url: string, options: Partial<TransportOptions> & Pick<TransportOptions, 'clock'>) => {
  const endpoint = await openEndpoint({
    baseUrl: url,
    apiKey: testKey,
    organization: undefined,
    project: undefined,
    insecureHttp: false,
    timeoutMs: 600_000,
  })
  const transport = createTransport(endpoint, { connections: 8, timeoutMs: 600_000, env: {}, ...options })
  return { endpoint, transport }
}

export interface SendingOptions {
  readonly settings?: Partial<SendSettings>
  readonly ports?: Partial<SendPorts>
  readonly clock?: VirtualClock
}

const defaults: SendSettings = {
  concurrency: 8,
  retries: 5,
  retryInvalid: 0,
  rowTimeoutMs: 3_600_000,
  maxWaitMs: 600_000,
  rpm: undefined,
  tpm: undefined,
  expectSimulated: undefined,
}

/** A sender over any transport, with a journal in memory, on a clock that passes when nothing happens. */
export const createSending = (
  transport: Transport,
  { settings, ports, clock = createVirtualClock() }: SendingOptions = {},
) => {
  const journal = createMemoryJournal()
  const events: SendEvent[] = []
  const settled = new Map<number, Settlement>()
  const sender: Sender = createSender(
    { ...defaults, ...settings },
    {
      transport,
      journal,
      clock,
      random: () => 0.5,
      estimateTokens: request => request.body.length / 4,
      scrub: text => text.replaceAll(testKey, '[key]'),
      scrubAnswer: body => body.replaceAll(testKey, '[key]'),
      onEvent: event => events.push(event),
      ...ports,
    },
  )
  const busy = (): boolean => sender.load().inFlight > 0
  return {
    journal,
    events,
    settled,
    sender,
    clock,
    /** Sends all rows to their end. */
    async run(rows: readonly Request[], { passWhileInFlight = false } = {}): Promise<void> {
      const source = async function* () {
        yield rows
      }
      const sent = dispatch(source(), sender, { onSettled: (request, end) => settled.set(request.row, end) })
      await clock.live(sent, passWhileInFlight ? {} : { busy })
    },
    /** How many rows ended in which way. */
    ends(): Record<string, number> {
      const counts: Record<string, number> = {}
      for (const { status } of settled.values()) counts[status] = (counts[status] ?? 0) + 1
      return counts
    },
    records: (kind: JournalRecord['kind']) => journal.records.filter(record => record.kind === kind),
  }
}
