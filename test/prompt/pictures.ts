/** The beginnings of images, enough to tell their kind and size by. */

export const png = (width: number, height: number, more = ''): Buffer => {
  const bytes = Buffer.alloc(33)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return Buffer.concat([bytes, Buffer.from(more)])
}

export const gif = (width: number, height: number): Buffer => {
  const bytes = Buffer.alloc(20)
  bytes.write('GIF89a', 'latin1')
  bytes.writeUInt16LE(width, 6)
  bytes.writeUInt16LE(height, 8)
  return bytes
}

/** A JPEG of this size, after so many bytes of what cameras put before it. */
export const jpeg = (width: number, height: number, padding = 16): Buffer => {
  const segments: Buffer[] = [Buffer.from('ffd8', 'hex')]
  for (let left = padding; left > 0; left -= 60_000) {
    const size = Math.min(left, 60_000)
    const head = Buffer.from('ffe20000', 'hex')
    head.writeUInt16BE(size + 2, 2)
    segments.push(head, Buffer.alloc(size))
  }
  const frame = Buffer.from('ffc0001108000000000301220002110103110100', 'hex')
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  return Buffer.concat([...segments, frame, Buffer.alloc(20)])
}

/** A WebP of the extended form (WebP Container Specification, "Extended File Format"). */
export const webp = (width: number, height: number): Buffer => {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(22, 4)
  bytes.write('WEBPVP8X', 8, 'latin1')
  bytes.writeUInt32LE(10, 16)
  bytes.writeUIntLE(width - 1, 24, 3)
  bytes.writeUIntLE(height - 1, 27, 3)
  return bytes
}
