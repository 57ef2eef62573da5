import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { muxMp4 } from '../../src/sandbox/kie/media/mp4.ts'

/**
 * A process of its own, so that its memory is not counted: serves films of a given size at
 * `/<bytes>` and plays a Bot API and a provider that read uploads slowly and throw them away. A file
 * of the chat is as long as its id says.
 */
const PACE_BYTES = 262_144
const CHUNK = Buffer.alloc(65_536, 7)
/** A film of three seconds with its index in front; whatever follows is more of its media. */
const FIRST = Buffer.concat([
  muxMp4({
    width: 640,
    height: 360,
    sps: Buffer.from([0x67, 66, 0, 10]),
    pps: Buffer.from([0x68, 1]),
    pictures: Array.from({ length: 24 }, () => Buffer.alloc(50)),
    picturesPerSecond: 8,
  }),
  Buffer.from('\0\0\0\0mdat', 'latin1'), // of size 0: to the end of the file
])

let uploads = 0
let uploadedBytes = 0
let atOnce = 0
let most = 0
let messageId = 0

function pour(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-length': bytes })
  response.write(FIRST)
  let left = bytes - FIRST.length
  const more = () => {
    while (left > 0) {
      const piece = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK
      left -= piece.length
      if (!response.write(piece)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const answer = (response: ServerResponse, json: object) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(json))
}

async function fileOf(request: AsyncIterable<unknown>): Promise<object> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = /\d{6,}/.exec(Buffer.concat(chunks).toString())?.[0]
  return { ok: true, result: { file_id: bytes, file_path: `films/${bytes}` } }
}

const server = createServer(async (request, response) => {
  const { url = '', method } = request
  if (url.endsWith('/getFile')) return answer(response, await fileOf(request))
  if (method === 'GET') return pour(response, Number(url.split('/').at(-1)))
  const isUpload = url.endsWith('/sendVideo') || url.endsWith('/file-stream-upload')
  if (!isUpload) return void response.end('{"ok":true,"result":true}')
  atOnce += 1
  most = Math.max(most, atOnce)
  let received = 0
  for await (const chunk of request) {
    const before = received
    received += (chunk as Buffer).length
    // Slower than the disk that the upload comes from.
    if (Math.floor(received / PACE_BYTES) > Math.floor(before / PACE_BYTES)) await delay(4)
  }
  atOnce -= 1
  uploads += 1
  uploadedBytes += received
  messageId += 1
  const result = { message_id: messageId, video: { file_id: `film-${messageId}` } }
  const data = { downloadUrl: `https://files.example/${messageId}` }
  answer(response, { ok: true, result, success: true, code: 200, data })
  process.send?.({ uploads, uploadedBytes, most })
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('disconnect', () => process.exit())
