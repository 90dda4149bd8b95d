// How bodies travel from the door to the journal: [received at: 8 bytes][length: 4 bytes][body], one after the other.
// Bytes stay bytes: what is not UTF-8 or not JSON is kept exactly as Meta signed it. Pure.

export type Body = { receivedAt: number; bytes: Uint8Array }

const headBytes = 12

export const framedBytes = (body: Body): number => headBytes + body.bytes.byteLength

export function encodeFrames(bodies: Body[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bodies.reduce((size, body) => size + framedBytes(body), 0))
  const view = new DataView(out.buffer)
  let offset = 0
  for (const { receivedAt, bytes } of bodies) {
    view.setFloat64(offset, receivedAt)
    view.setUint32(offset + 8, bytes.byteLength)
    out.set(bytes, offset + headBytes)
    offset += headBytes + bytes.byteLength
  }
  return out
}

export function decodeFrames(frames: Uint8Array): Body[] {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength)
  const bodies: Body[] = []
  for (let offset = 0; offset < frames.byteLength; ) {
    const length = view.getUint32(offset + 8)
    const start = offset + headBytes
    bodies.push({ receivedAt: view.getFloat64(offset), bytes: frames.subarray(start, start + length) })
    offset = start + length
  }
  return bodies
}
