import { describe, expect, it } from 'vitest'
import { unreadableNamedFile, whyUnreadable } from '../../src/core/unreadable.js'

const systemError = (code: string): Error => Object.assign(new Error('system'), { code })

describe('why a file cannot be read', () => {
  it.each([
    ['ENOENT', 'there is no such file'],
    ['ENOTDIR', 'there is no such file'],
    ['EACCES', 'permission to read it is denied'],
    ['EPERM', 'permission to read it is denied'],
    ['EISDIR', 'it is a folder'],
    ['ELOOP', 'its links lead in a circle'],
    ['ENAMETOOLONG', 'no name of a file is that long'],
    ['EMFILE', 'too many files are open'],
    ['ENFILE', 'too many files are open'],
  ])('is said in words for %s, with what to do', (code, what) => {
    expect(whyUnreadable(systemError(code))).toEqual({ what, hint: expect.stringMatching(/\w/) })
  })

  it("is the system's own code where nothing better is known", () => {
    expect(whyUnreadable(systemError('EIO')).what).toBe('reading it failed (EIO)')
    expect(whyUnreadable('odd').what).toBe('reading it failed (unknown error)')
  })

  it('stands behind the name of the file', () => {
    const error = unreadableNamedFile('bad_price', '--prices p.json', systemError('EISDIR'))
    expect(error).toMatchObject({
      code: 'bad_price',
      message: '--prices p.json cannot be read: it is a folder',
      hint: 'Name a file in it',
    })
  })
})
