/** The header by which promptmill's simulator marks every response. */
export const simulatedHeader = 'x-promptmill-simulated'

/** So long is waited for it, in ms. */
const longestMs = 5000

/** Whether a loopback endpoint is promptmill's own simulator. Sends no prompt and no key. */
export const isSimulator = async (baseUrl: string): Promise<boolean> => {
  try {
    // Node's own: the package would be loaded whole for a call that few runs make.
    const { headers, body } = await fetch(`${baseUrl.replace(/\/+$/, '')}/models`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(longestMs),
    })
    await body?.cancel()
    return headers.has(simulatedHeader)
  } catch {
    return false
  }
}
