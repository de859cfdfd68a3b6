import { describe, expect, it } from 'vitest'
import { run } from '../../src/commands/run.js'
import { showRequest } from '../../src/commands/show.js'
import { png } from '../prompt/pictures.js'
import { createPorts, createRealEndpoint, createWorkspace } from './workspace.js'

describe('the request that is shown for a row', () => {
  it('is the very one that a run sends, images included', async () => {
    const { write, at } = await createWorkspace()
    const bodies: string[] = []
    const baseUrl = await createRealEndpoint({ onBody: body => void bodies.push(body.toString()) })
    await write('cat.png', png(20, 10, 'more'))
    const input = await write('in.csv', 'id,image,"评论 内容"\n1,,"say ""hi"""\n2,cat.png|cat.png,"{{id}} \u2028 é"\n')
    const options = {
      input,
      model: 'gpt-4o-mini',
      prompt: '{{ 评论 内容 }} {{{{id}}',
      system: 'Row {{id}}',
      imageColumn: ['image'],
      temperature: 0.5,
      param: ['stop=["\\n"]'],
    }
    const shown = [await showRequest(options, 1, createPorts()), await showRequest(options, 2, createPorts())]
    await run({ ...options, output: at('out.csv'), baseUrl, concurrency: 1 }, createPorts())
    expect(bodies).toEqual(shown)
    expect(shown[1]).toContain(`data:image/png;base64,${png(20, 10, 'more').toString('base64')}"`)
    expect(shown[0]).toContain('{{id}}')
  })

  it.each([{ where: ['id=2'] }, { offset: 1 }, { limit: 1, offset: 1, shuffleSeed: 7 }])(
    'is that of the row of the whole input, whatever rows are chosen: %j',
    async choice => {
      const { write } = await createWorkspace()
      const input = await write('in.csv', 'id,prompt\n1,one\n2,two\n3,three\n')
      for (const [place, prompt] of ['one', 'two', 'three'].entries()) {
        const shown = await showRequest({ input, model: 'gpt-4o-mini', ...choice }, place + 1, createPorts())
        expect(JSON.parse(shown)).toMatchObject({ messages: [{ content: prompt }] })
      }
    },
  )

  it.each([
    [3, /--show 3: .*in\.csv has 2 rows/],
    [2, /row 2 \(line 3\) has no request to send: the prompt is empty/],
  ])('is refused where there is none: row %d', async (row, message) => {
    const { write } = await createWorkspace()
    const input = await write('in.csv', 'id,prompt\n1,x\n2,\n')
    const refused = showRequest({ input, model: 'gpt-4o-mini' }, row, createPorts())
    await expect(refused).rejects.toMatchObject({ exitCode: 2 })
    await expect(refused).rejects.toThrow(message)
  })
})
