// Loaded into the program before everything else (node --import): kills it at its nth write, sync, truncation, rename,
// link or unlink, just before the call; or at its nth write, after half of the bytes.
//   KILL_UNDER  the folder whose files are meant
//   KILL_FILE   which of them: a pattern for the path below the folder, empty for the folder itself
//   KILL_AT     which call, from 1
//   KILL_HOW    before | half
import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'

const { KILL_UNDER: under = '', KILL_FILE: pattern = '', KILL_AT: at, KILL_HOW: how } = process.env
const folder = fs.realpathSync(under)
const wanted = new RegExp(pattern)
const paths = new Map()
let calls = 0

const isMeant = file => {
  if (typeof file !== 'string') return false
  const below = path.relative(folder, path.resolve(file))
  return !below.startsWith('..') && wanted.test(below)
}

const die = () => {
  process.kill(process.pid, 'SIGKILL')
  // The signal may be delivered a moment later: nothing more may happen until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** Counts a call, and dies at its turn. `half` does half of a write. */
const pass = (file, half) => {
  if (!isMeant(file) || (how === 'half' && half === undefined)) return
  calls += 1
  if (calls !== Number(at)) return
  if (how === 'half') half()
  die()
}

const firstHalf = data => String(data).slice(0, String(data).length / 2)

/** The journal's file layer: callbacks and descriptors. */
const { open, write, writeSync, fdatasync, fsync, ftruncate, rename, unlink } = fs
fs.open = (file, flags, ...rest) => {
  const done = rest.pop()
  open(file, flags, ...rest, (error, fd) => {
    if (error === null) paths.set(fd, file)
    done(error, fd)
  })
}
fs.write = (fd, buffer, offset, length, position, done) => {
  pass(paths.get(fd), () => writeSync(fd, buffer, offset, Math.floor(length / 2), position))
  write(fd, buffer, offset, length, position, done)
}
for (const [name, call] of Object.entries({ fdatasync, fsync, ftruncate })) {
  fs[name] = (fd, ...rest) => {
    pass(paths.get(fd))
    call(fd, ...rest)
  }
}
for (const [name, call] of Object.entries({ rename, unlink })) {
  fs[name] = (file, ...rest) => {
    pass(file)
    call(file, ...rest)
  }
}

/** Everything else: promises and handles. */
for (const name of ['rename', 'unlink', 'link']) {
  const call = fsPromises[name]
  fsPromises[name] = (file, ...rest) => {
    pass(file)
    return call(file, ...rest)
  }
}
const { open: openHandle, writeFile } = fsPromises
fsPromises.writeFile = (file, data, ...rest) => {
  pass(file, () => fs.writeFileSync(file, firstHalf(data), ...rest))
  return writeFile(file, data, ...rest)
}
fsPromises.open = async (file, ...rest) => {
  const handle = await openHandle(file, ...rest)
  const { writeFile, sync } = handle
  handle.writeFile = (data, ...options) => {
    pass(file, () => writeSync(handle.fd, firstHalf(data)))
    return writeFile.call(handle, data, ...options)
  }
  handle.sync = () => {
    pass(file)
    return sync.call(handle)
  }
  return handle
}
syncBuiltinESMExports()
