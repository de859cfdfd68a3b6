// Takes a lock when a line arrives on standard input, says whether it got it, and holds it until the input ends.
// Arguments: the compiled lock, the run folder.
import { createInterface } from 'node:readline'

const [url, folder] = process.argv.slice(2)
const { acquireLock } = await import(url)
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'go') continue
  try {
    await acquireLock(folder)
    console.log('won')
  } catch (error) {
    console.log(error.code === 'locked' ? `lost ${error.message}` : error)
  }
}
