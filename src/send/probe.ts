import { request } from 'undici'

/** The header by which promptmill's simulator marks every response. */
export const simulatedHeader = 'x-promptmill-simulated'

/** Whether a loopback endpoint is promptmill's own simulator. Sends no prompt and no key. */
export const isSimulator = async (baseUrl: string): Promise<boolean> => {
  try {
    const { headers, body } = await request(`${baseUrl.replace(/\/+$/, '')}/models`, {
      headersTimeout: 5000,
      bodyTimeout: 5000,
    })
    await body.dump()
    return headers[simulatedHeader] !== undefined
  } catch {
    return false
  }
}
