/** The first bytes of a PNG of this size: all that its size is read from (PNG specification, section 11.2.1). */
export const pngUrl = (width: number, height: number): string => {
  const bytes = Buffer.alloc(33)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return `data:image/png;base64,${bytes.toString('base64')}`
}

/** The beginning of a JPEG of this size, after so many bytes of what cameras put before it. */
export const jpegUrl = (width: number, height: number, padding = 16): string => {
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
  return `data:image/jpeg;base64,${Buffer.concat([...segments, frame, Buffer.alloc(20)]).toString('base64')}`
}
