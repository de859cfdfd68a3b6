import { mkdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/commands/check.js'
import { estimate } from '../../src/commands/estimate.js'
import { retry } from '../../src/commands/retry.js'
import type { RunOptions } from '../../src/commands/session/settings.js'
import { showRequest } from '../../src/commands/show.js'
import { failureOf } from '../input/workspace.js'
import { png } from '../prompt/pictures.js'
import { createPorts, createWorkspace, type Workspace } from './workspace.js'

const asking = { model: 'gpt-4o-mini', prompt: '{{question}}', imageColumn: ['images'] } as const

const dataUrl = (bytes: Buffer): string => `data:image/png;base64,${bytes.toString('base64')}`

/** A workspace with two pictures, and a line of CSV for each cell of images. */
const createAlbum = async (cells: readonly string[], ...simulated: Parameters<typeof createWorkspace>) => {
  const space = await createWorkspace(...simulated)
  await space.write('cat.png', png(64, 32))
  await space.write('dog.png', png(600, 1200))
  const lines = cells.map((cell, index) => `${index + 1},"${cell.replaceAll('"', '""')}",Question ${index + 1}\n`)
  const input = await space.write('album.csv', `id,images,question\n${lines.join('')}`)
  return { ...space, input, out: space.at('out.csv') }
}

/** The messages that the endpoint was sent, by the text of their question. */
const createSpy = () => {
  const contents = new Map<string, unknown>()
  return {
    contents,
    hooks: {
      respond: ({ body }: { readonly body: Readonly<Record<string, unknown>> }) => {
        const [{ content }] = body['messages'] as readonly [{ readonly content: unknown }]
        const text = Array.isArray(content) ? (content[0] as { text: string }).text : String(content)
        contents.set(text, content)
        return undefined
      },
    },
  }
}

const statuses = async (space: Workspace): Promise<readonly string[]> =>
  (await space.readCsv('out.csv')).map(row => [row['status'], row['error_code']].filter(Boolean).join(' '))

describe('the images of a run', () => {
  it('are sent after the text, in the order of the cells, each as it is named', async () => {
    const { contents, hooks } = createSpy()
    const url = 'https://example.com/a.png'
    const inline = dataUrl(png(5, 5))
    const cells = ['cat.png', `cat.png|${url}`, `["${inline}", "dog.png"]`, '']
    const { run, input, out } = await createAlbum(cells, {}, hooks)
    const { summary } = await run({ ...asking, input, output: out, imageDetail: 'low' })
    expect(summary.rows).toMatchObject({ ok: 4 })
    const image = (shown: string) => ({ type: 'image_url', image_url: { url: shown, detail: 'low' } })
    expect(contents.get('Question 1')).toEqual([{ type: 'text', text: 'Question 1' }, image(dataUrl(png(64, 32)))])
    expect(contents.get('Question 2')).toEqual([
      { type: 'text', text: 'Question 2' },
      image(dataUrl(png(64, 32))),
      image(url),
    ])
    expect(contents.get('Question 3')).toEqual([
      { type: 'text', text: 'Question 3' },
      image(inline),
      image(dataUrl(png(600, 1200))),
    ])
    expect(contents.get('Question 4')).toBe('Question 4')
  })

  it.each([
    ['gpt-3.5-turbo', [expect.stringContaining('gpt-3.5-turbo takes no images')]],
    ['gpt-4o-mini', []],
  ])('are warned of for a model that is known to take none: %s', async (model, warnings) => {
    const { run, input, out } = await createAlbum(['cat.png'])
    const notices: string[] = []
    await run({ ...asking, model, input, output: out }, { onNotice: text => void notices.push(text) })
    expect(notices).toEqual(warnings)
  })

  it('cost to the token what the estimate says', async () => {
    const { run, input, out } = await createAlbum(['cat.png', 'dog.png|cat.png', 'dog.png', ''])
    const options = { ...asking, input, output: out, maxTokens: 5 }
    const { tokens, warnings } = await estimate(options, createPorts(), { threads: 0 })
    const { summary } = await run(options)
    expect(tokens.prompt).toBe(summary.tokens.prompt)
    expect(tokens.prompt).toBeGreaterThan(4 * 2833)
    expect(warnings).toEqual([])
  })

  it('behind a URL are estimated by an assumption, which is said', async () => {
    const { input, out } = await createAlbum(['https://example.com/a.png'])
    const { warnings } = await estimate({ ...asking, input, output: out }, createPorts(), { threads: 0 })
    expect(warnings).toEqual([expect.stringContaining('1 image behind a URL')])
  })

  it('are known by their content: a renamed file is not paid for again, a changed one is', async () => {
    const { run, write, at, input, out } = await createAlbum(['cat.png', 'dog.png'])
    await run({ ...asking, input, output: out })
    await rename(at('cat.png'), at('kitten.png'))
    await write('album.csv', 'id,images,question\n1,kitten.png,Question 1\n2,dog.png,Question 2\n')
    expect((await run({ ...asking, input, output: out })).plan).toMatchObject({ reused: 2, pending: 0 })
    await write('dog.png', png(600, 1201))
    expect((await run({ ...asking, input, output: out })).plan).toMatchObject({ reused: 1, pending: 1 })
  })

  it('are held back from a cap', async () => {
    const { run, input, out } = await createAlbum(['dog.png', 'dog.png', 'dog.png'])
    // One picture in high detail takes some 37,000 tokens: $0.0055.
    const { summary, stop } = await run({ ...asking, input, output: out, maxTokens: 1, maxCost: 0.006 })
    expect(summary.rows).toMatchObject({ ok: 1, pending: 2 })
    expect(stop?.code).toBe('budget_exhausted')
  })

  it('may stand alone, when the text is empty', async () => {
    const { write, run, at } = await createWorkspace()
    await write('cat.png', png(64, 32))
    const input = await write('rows.jsonl', '{"images": ["cat.png"], "question": ""}\n{"question": "none"}\n')
    const options = { ...asking, input, output: at('out.csv') }
    const body = JSON.parse(await showRequest(options, 1, createPorts())) as { messages: { content: unknown }[] }
    expect(body.messages[0]?.content).toMatchObject([{ type: 'image_url' }])
    expect((await run(options)).summary.rows).toMatchObject({ ok: 2 })
  })

  it('go into the last message of a conversation’s user', async () => {
    const { write } = await createWorkspace()
    await write('cat.png', png(64, 32))
    const messages = [
      { role: 'user', content: 'Hello' },
      { role: 'user', content: [{ type: 'text', text: 'What is it?' }] },
      { role: 'assistant', content: 'Let me see' },
    ]
    const input = await write('rows.jsonl', `${JSON.stringify({ messages, images: 'cat.png' })}\n`)
    const options = { model: 'gpt-4o-mini', imageColumn: ['images'], input }
    const body = JSON.parse(await showRequest(options, 1, createPorts())) as { messages: unknown }
    const image = { type: 'image_url', image_url: { url: dataUrl(png(64, 32)) } }
    expect(body.messages).toEqual([
      messages[0],
      { role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] },
      messages[2],
    ])
  })

  it('are no part of a line of the Batch API, which is sent as it is', async () => {
    const { write } = await createWorkspace()
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] }
    const line = { custom_id: 'a', url: '/v1/chat/completions', body, images: 'https://example.com/a.png' }
    const input = await write('rows.jsonl', `${JSON.stringify(line)}\n`)
    await expect(showRequest({ imageColumn: ['images'], input }, 1, createPorts())).rejects.toThrow(/Batch API line/)
  })
})

describe('an image that cannot be sent', () => {
  const cells = ['cat.png', 'gone.png', '../secret.png', 'link.png', 'album.csv', '/etc/passwd', 'ftp://a/b.png']

  const createTrap = async () => {
    const album = await createAlbum(cells)
    const folder = path.join(album.folder, 'inner')
    await mkdir(folder)
    for (const name of ['cat.png', 'album.csv']) await rename(album.at(name), path.join(folder, name))
    await writeFile(album.at('secret.png'), png(3, 3))
    await symlink(album.at('secret.png'), path.join(folder, 'link.png'))
    return { ...album, input: path.join(folder, 'album.csv') }
  }

  it('stops the run before anything is sent, and every one of them is told', async () => {
    const { run, input, out, simulator } = await createTrap()
    const refused = run({ ...asking, input, output: out })
    await expect(refused).rejects.toMatchObject({ code: 'bad_input', exitCode: 2 })
    await expect(refused).rejects.toThrow(/6 rows have no request[\s\S]*row 2 \(line 3\) "gone\.png"/)
    expect(simulator.ledger().calls).toBe(0)
  })

  it('is told with what would open the way to it', async () => {
    const { run, input, out, folder } = await createTrap()
    const { hint } = await failureOf(run({ ...asking, input, output: out }))
    const real = await realpath(folder)
    expect(hint).toContain(`Images were looked for in ${path.join(real, 'inner')}; --image-root DIR adds a folder\n`)
    expect(hint).toContain(`--image-root ${real} opens the folder of ../secret.png`)
    expect(hint).toContain('passwd with --image-root /etc')
    const { findings } = await check({ ...asking, input }, createPorts())
    expect(findings.find(({ code }) => code === 'image_missing')?.hint).toContain(path.join(real, 'inner'))
  })

  it('fails its row alone with --bad-rows fail', async () => {
    const trap = await createTrap()
    const { summary } = await trap.run({ ...asking, input: trap.input, output: trap.out, badRows: 'fail' })
    expect(summary.rows).toMatchObject({ ok: 1, failed: 6 })
    expect(await statuses(trap)).toEqual([
      'ok',
      'failed image_missing',
      'failed image_outside',
      'failed image_outside',
      'failed image_invalid',
      'failed image_outside',
      'failed image_invalid',
    ])
    expect((await trap.readCsv('out.csv'))[1]).toMatchObject({ error_message: 'an image is not there: gone.png' })
  })

  it('fails its row however many others are sent meanwhile', async () => {
    const album = await createAlbum(
      Array.from({ length: 600 }, (_, index) => (index % 3 === 0 ? 'gone.png' : 'cat.png')),
    )
    const { summary } = await album.run({ ...asking, input: album.input, output: album.out, badRows: 'fail' })
    expect(summary.rows).toMatchObject({ ok: 400, failed: 200 })
    expect(new Set(await statuses(album))).toEqual(new Set(['ok', 'failed image_missing']))
  })

  it('is found by a check, each with its name', async () => {
    const { input } = await createTrap()
    const { ok, findings } = await check({ ...asking, input }, createPorts())
    expect(ok).toBe(false)
    const told = findings.map(({ code, examples }) => [code, examples.map(({ row, detail }) => `${row} ${detail}`)])
    expect(told).toEqual([
      ['image_missing', ['2 gone.png']],
      ['image_outside', ['3 ../secret.png', '4 link.png']],
      ['image_invalid', ['5 album.csv']],
      ['image_outside', ['6 /etc/passwd']],
      ['image_invalid', ['7 ftp://a/b.png']],
    ])
    expect(findings.every(({ hint }) => hint !== null)).toBe(true)
  })

  it('can be reached once the user says so', async () => {
    const { run, input, out, folder } = await createTrap()
    const { summary } = await run({ ...asking, input, output: out, badRows: 'fail', imageRoot: [folder] })
    expect(summary.rows).toMatchObject({ ok: 3, failed: 4 })
  })

  it('is not paid for when it comes between two runs, and is sent then', async () => {
    const { run, write, input, out } = await createAlbum(['cat.png', 'late.png'])
    await run({ ...asking, input, output: out, badRows: 'fail' })
    await write('late.png', png(7, 7))
    const { summary, plan } = await run({ ...asking, input, output: out, badRows: 'fail' })
    expect(plan).toMatchObject({ reused: 1, pending: 1 })
    expect(summary.rows).toMatchObject({ ok: 2, failed: 0 })
  })
})

describe('an image that changes while the run is going on', () => {
  /** Does something to the files when the first call arrives. */
  const runChanging = async (change: (space: Workspace) => Promise<unknown>) => {
    let changing: (() => Promise<unknown>) | undefined
    const respond = async () => {
      await changing?.()
      changing = undefined
      return undefined
    }
    const album = await createAlbum(['cat.png', 'dog.png'], {}, { respond })
    changing = () => change(album)
    const options: RunOptions = { ...asking, input: album.input, output: album.out, concurrency: 1 }
    return { ...album, options, result: await album.run(options) }
  }

  it('is not sent: its row fails, unpaid, and the next run sends what is there then', async () => {
    const space = await runChanging(({ write }) => write('dog.png', png(601, 1200)))
    expect(await statuses(space)).toEqual(['ok', 'failed image_changed'])
    expect(space.simulator.ledger().calls).toBe(1)
    const { summary } = await space.run(space.options)
    expect(summary.rows).toMatchObject({ ok: 2 })
    expect(space.simulator.ledger().calls).toBe(2)
  })

  it('fails its row when it is gone', async () => {
    const space = await runChanging(({ at }) => rm(at('dog.png')))
    expect(await statuses(space)).toEqual(['ok', 'failed image_missing'])
  })
})

describe('the images of several inputs', () => {
  it('lie each beside its own input, and in no other’s folder', async () => {
    const { write, run, at, readCsv } = await createWorkspace()
    for (const name of ['one', 'two']) {
      await mkdir(at(name))
      await write(`${name}/cat.png`, png(name === 'one' ? 64 : 1200, 600))
      await write(`${name}/rows.csv`, `question,images\nWhat is in ${name}?,cat.png\nNo,../one/cat.png\n`)
    }
    const input = [at('one/rows.csv'), at('two/rows.csv')]
    const { summary } = await run({ ...asking, input, output: at('out.csv'), badRows: 'fail' })
    expect(summary.rows).toMatchObject({ ok: 3, failed: 1 })
    const rows = await readCsv('out.csv')
    expect(rows.map(row => row['error_code'])).toEqual(['', '', '', 'image_outside'])
    expect(rows[0]?.['prompt_tokens']).not.toBe(rows[2]?.['prompt_tokens'])
    expect((await retry({ results: at('out.csv') }, createPorts())).plan).toMatchObject({
      reused: 3,
      faulty: 1,
    })
  })
})

describe('the images of an input that is a link', () => {
  it('lie beside the link or beside the real file, and in no other folder', async () => {
    const { write, run, at, readCsv } = await createWorkspace()
    for (const name of ['real', 'linked']) await mkdir(at(name))
    const names = ['there.png', 'here.png', '../far.png', 'gone.png']
    await write('real/rows.csv', `question,images\n${names.map(name => `What?,${name}\n`).join('')}`)
    for (const name of ['real/there.png', 'linked/here.png', 'far.png']) await write(name, png(64, 32))
    await symlink(at('real/rows.csv'), at('linked/rows.csv'))
    const options = { ...asking, input: at('linked/rows.csv'), output: at('out.csv') }
    const { hint } = await failureOf(run(options))
    const [own, other] = [await realpath(at('linked')), await realpath(at('real'))]
    expect(hint).toContain(`Images were looked for in ${own}, then in ${other};`)
    await run({ ...options, badRows: 'fail' })
    const codes = (await readCsv('out.csv')).map(row => row['error_code'])
    expect(codes).toEqual(['', '', 'image_outside', 'image_missing'])
  })
})

describe('a retry', () => {
  it('finds the images again, also those of a further folder', async () => {
    let calls = 0
    const respond = () => (++calls === 1 ? { status: 400, body: '{"error": {"message": "no"}}' } : undefined)
    const { run, input, out, at } = await createAlbum(['cat.png', 'dog.png'], {}, { respond })
    await mkdir(at('root'))
    await rename(at('dog.png'), at('root/dog.png'))
    const options = { ...asking, input, output: out, imageRoot: [path.relative(process.cwd(), at('root'))] }
    const first = await run({ ...options, concurrency: 1 })
    expect(first.summary.rows).toMatchObject({ ok: 1, failed: 1 })
    const { summary } = await retry({ results: out }, createPorts())
    expect(summary.rows).toMatchObject({ ok: 2 })
  })

  it('finds the images of rows from a program in the working folder', async () => {
    let calls = 0
    const respond = () => (++calls === 1 ? { status: 400, body: '{"error": {"message": "no"}}' } : undefined)
    const { run, at } = await createWorkspace({}, { respond })
    const rows = [{ question: 'What is it?', images: 'samples/describe-pictures/pictures/house.png' }]
    const first = await run({ ...asking, input: rows, output: at('out.csv') })
    expect(first.summary.rows).toMatchObject({ failed: 1 })
    const { summary } = await retry({ results: at('out.csv') }, createPorts())
    expect(summary.rows).toMatchObject({ ok: 1 })
  })
})

describe('wrong settings of images', () => {
  it.each([
    [{ imageColumn: ['pictures'] }, 'bad_template', /--image-column names the column "pictures"/],
    [{ imageColumn: undefined, imageDetail: 'low' as const }, 'bad_flag', /--image-detail is given without/],
    [{ imageColumn: undefined, imageRoot: ['.'] }, 'bad_flag', /--image-root is given without/],
    [{ imageRoot: ['no-such-folder'] }, 'bad_flag', /--image-root no-such-folder is not a folder/],
  ])('are refused before anything is sent: %j', async (settings, code, message) => {
    const { run, input, out, simulator } = await createAlbum(['cat.png'])
    const refused = run({ ...asking, input, output: out, ...settings })
    await expect(refused).rejects.toMatchObject({ code, exitCode: 2 })
    await expect(refused).rejects.toThrow(message)
    expect(simulator.ledger().calls).toBe(0)
  })

  it('are found in JSONL too, where no row has the column', async () => {
    const { write, run, at, simulator } = await createWorkspace()
    const input = await write('rows.jsonl', '{"question": "a", "image": "cat.png"}\n')
    const refused = run({ ...asking, input, output: at('out.csv') })
    await expect(refused).rejects.toMatchObject({ code: 'bad_template', hint: expect.stringContaining('"image"') })
    expect(simulator.ledger().calls).toBe(0)
  })
})
