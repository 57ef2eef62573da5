import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { callForm, filePart, type Params, refused, startFake, TOKEN } from './support/fake.ts'
import {
  gifImage,
  jpegHeader,
  mp3Header,
  mp4Header,
  oggHeader,
  pngImage,
  webpHeader,
} from './support/images.ts'

const bad = (text: string) => `Bad Request: ${text}`
const MB = 1024 * 1024

async function started(t: TestContext) {
  const server = await startFake(t)
  const user = server.control.user(1)
  const send = (method: string, field: string, bytes: Buffer, extra: Params = {}, name?: string) =>
    server.form(method, { chat_id: '1', [field]: filePart(bytes, name), ...extra })
  const photo = (bytes: Buffer, extra?: Params) => send('sendPhoto', 'photo', bytes, extra)
  return { ...server, user, send, photo }
}

describe('sendPhoto', () => {
  test('gives several sizes, the last one whole', async (t) => {
    const { photo } = await started(t)
    const { result } = await photo(pngImage(1000, 500))
    assert.deepEqual(
      result.photo.map(({ width, height }: Params) => [width, height]),
      [
        [90, 45],
        [320, 160],
        [800, 400],
        [1000, 500],
      ],
    )
    assert.equal(result.photo.at(-1).file_size, pngImage(1000, 500).length)
    assert.equal(new Set(result.photo.map(({ file_id }: Params) => file_id)).size, 4)
  })

  test('takes JPEG, PNG and WebP and nothing else', async (t) => {
    const { photo } = await started(t)
    for (const bytes of [pngImage(), jpegHeader(10, 20), webpHeader(30, 40)])
      assert.equal((await photo(bytes)).ok, true)
    for (const bytes of [gifImage(), mp4Header(), Buffer.from('<html>'), jpegHeader(0, 10)])
      refused(await photo(bytes), 400, bad('IMAGE_PROCESS_FAILED'))
    refused(await photo(Buffer.alloc(0)), 400, bad('file must be non-empty'))
    const { result } = await photo(jpegHeader(10, 20))
    assert.deepEqual([result.photo.at(-1).width, result.photo.at(-1).height], [10, 20])
  })

  test('takes sides of 10000 together and a ratio of 20', async (t) => {
    const { photo } = await started(t)
    assert.equal((await photo(jpegHeader(5000, 5000))).ok, true)
    assert.equal((await photo(jpegHeader(2000, 100))).ok, true)
    for (const bytes of [jpegHeader(9000, 1001), jpegHeader(2001, 100)])
      refused(await photo(bytes), 400, bad('PHOTO_INVALID_DIMENSIONS'))
  })

  test('takes 10 MB', async (t) => {
    const { photo } = await started(t)
    const frame = pngImage(8, 8, 1).length - 1
    assert.equal((await photo(pngImage(8, 8, 10 * MB - frame))).ok, true)
    refused(
      await photo(pngImage(8, 8, 10 * MB - frame + 1)),
      400,
      bad('file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes'),
    )
  })

  test('needs a photo', async (t) => {
    const { api } = await started(t)
    refused(await api('sendPhoto', { chat_id: 1 }), 400, bad('there is no photo in the request'))
    refused(
      await api('sendPhoto', { chat_id: 1, photo: 'attach://missing' }),
      400,
      bad('there is no photo in the request'),
    )
  })

  test('has a caption of at most 1024 units, and a keyboard', async (t) => {
    const { photo, user } = await started(t)
    const reply_markup = { inline_keyboard: [[{ text: 'x', callback_data: 'x' }]] }
    const caption = `<b>${'🎨'.repeat(512)}</b>`
    const { result } = await photo(pngImage(), { caption, parse_mode: 'HTML', reply_markup })
    assert.deepEqual(result.caption_entities, [{ type: 'bold', offset: 0, length: 1024 }])
    assert.equal(user.chat()[0]?.keyboard[0]?.[0]?.data, 'x')
    refused(
      await photo(pngImage(), { caption: 'x'.repeat(1025) }),
      400,
      bad('message caption is too long'),
    )
  })
})

describe('other media', () => {
  test('keep name and type', async (t) => {
    const { send } = await started(t)
    const cases = [
      ['sendDocument', 'document', pngImage(), 'картинка.png', 'image/png'],
      ['sendVideo', 'video', mp4Header(), 'clip.mp4', 'video/mp4'],
      ['sendAudio', 'audio', mp3Header(), 'song.mp3', 'audio/mpeg'],
      ['sendAnimation', 'animation', gifImage(), 'move.gif', 'image/gif'],
    ] as const
    for (const [method, field, bytes, name, mime] of cases) {
      const { result } = await send(method, field, bytes, {}, name)
      const { file_name, mime_type, file_size } = result[field]
      assert.deepEqual([file_name, mime_type, file_size], [name, mime, bytes.length])
    }
    const { result } = await send('sendVoice', 'voice', oggHeader(), { duration: '7' }, 'v.ogg')
    assert.deepEqual([result.voice.mime_type, result.voice.duration], ['audio/ogg', 7])
  })

  test('carry what the caller says about them', async (t) => {
    const { send } = await started(t)
    const facts = { width: '640', height: '360', duration: '5', has_spoiler: 'true' }
    const { result } = await send('sendVideo', 'video', mp4Header(), facts)
    const { width, height, duration } = result.video
    assert.deepEqual([width, height, duration], [640, 360, 5])
    assert.equal(result.has_media_spoiler, true)
    const song = await send('sendAudio', 'audio', mp3Header(), { title: 'T', performer: 'P' })
    assert.deepEqual([song.result.audio.title, song.result.audio.performer], ['T', 'P'])
  })

  test('arrive as documents when they are something else', async (t) => {
    const { send } = await started(t)
    const { result } = await send('sendVideo', 'video', pngImage(), {}, 'x.png')
    assert.deepEqual([result.video, result.document.mime_type], [undefined, 'image/png'])
  })

  test('are refused over 50 MB', async (t) => {
    const { send } = await started(t)
    const document = Buffer.alloc(50 * MB + 1, 1)
    refused(await send('sendDocument', 'document', document), 413, 'Request Entity Too Large')
    assert.equal((await send('sendDocument', 'document', document.subarray(1))).ok, true)
  })
})

describe('file_id', () => {
  test('sends a file again, as the same type only', async (t) => {
    const { api, photo } = await started(t)
    const { result } = await photo(pngImage(400, 300))
    const photoId = result.photo[0].file_id
    const again = await api('sendPhoto', { chat_id: 1, photo: photoId })
    assert.deepEqual(again.result.photo, result.photo)
    refused(
      await api('sendDocument', { chat_id: 1, document: photoId }),
      400,
      bad("can't use file of type Photo as Document"),
    )
    refused(
      await api('sendPhoto', { chat_id: 1, photo: 'nonsense' }),
      400,
      bad('wrong file identifier/HTTP URL specified'),
    )
  })

  test('belongs to one bot', async (t) => {
    const { fake, photo } = await started(t)
    const { result } = await photo(pngImage())
    fake.addBot({ token: '7:other', id: 7, username: 'other_bot' })
    fake.control.user(1, { bot: 'other_bot' })
    const base = `${fake.url}/bot7:other`
    refused(
      await callForm(base, 'sendPhoto', { chat_id: '1', photo: result.photo[0].file_id }),
      400,
      bad('wrong file identifier/HTTP URL specified'),
    )
  })

  test('leads to the file', async (t) => {
    const { ok, fake, control, user } = await started(t)
    const bytes = pngImage(500, 400)
    await user.sendPhoto(bytes)
    const message = control.pendingUpdates()[0]?.message
    const { photo } = message as { photo: { file_id: string }[] }
    const download = async (file_id = '') => {
      const file = await ok('getFile', { file_id })
      const answer = await fetch(`${fake.url}/file/bot${TOKEN}/${file.file_path}`)
      const body = Buffer.from(await answer.arrayBuffer())
      assert.equal(body.length, file.file_size)
      return body
    }
    assert.deepEqual(await download(photo.at(-1)?.file_id), bytes)
    const small = await download(photo[0]?.file_id)
    assert.deepEqual([small.readUInt32BE(16), small.readUInt32BE(20)], [90, 72])
    assert.deepEqual(control.getFile(photo.at(-1)?.file_id ?? ''), bytes)
  })

  test('passes on what the app of the sender says of a type, right or wrong', async (t) => {
    const { user } = await started(t)
    const claims = ['audio/x-mp3', 'audio/mp4a-latm', 'application/pdf', 'video/mp4']
    for (const mime of claims) {
      const sent = await user.sendFile(mp3Header(), { kind: 'document', fileName: 'a.mp3', mime })
      assert.equal(sent.media?.mime, mime)
    }
    const honest = await user.sendFile(mp3Header(), { kind: 'document', fileName: 'a.mp3' })
    assert.equal(honest.media?.mime, 'audio/mpeg')
  })

  test('downloads at most 20 MB and only with the right token', async (t) => {
    const { api, fake, user } = await started(t)
    const big = await user.sendFile(Buffer.alloc(20 * MB + 1, 1), { kind: 'document' })
    const getFile = (file_id?: string) => api('getFile', { file_id })
    refused(await getFile(big.media?.fileId), 400, bad('file is too big'))
    const just = await user.sendFile(Buffer.alloc(20 * MB, 1), { kind: 'document' })
    const { result } = await getFile(just.media?.fileId)
    refused(await getFile('nonsense'), 400, bad('invalid file_id'))
    refused(await getFile(), 400, bad('file_id not specified'))
    const status = async (path: string) => (await fetch(`${fake.url}/file/${path}`)).status
    assert.equal(await status(`bot${TOKEN}/${result.file_path}`), 200)
    assert.equal(await status(`bot1:x/${result.file_path}`), 401)
    assert.equal(await status(`bot${TOKEN}/nothing`), 404)
  })
})

describe('by URL', () => {
  async function site(t: TestContext) {
    const server = createServer((req, res) => {
      const send = (status: number, type: string, body: Buffer | string = '') =>
        res.writeHead(status, { 'content-type': type }).end(body)
      if (req.url === '/a.png') return send(200, 'image/png', pngImage(20, 10))
      if (req.url === '/page') return send(200, 'text/html; charset=utf-8', '<html>')
      if (req.url === '/big.png') return send(200, 'image/png', pngImage(8, 8, 5 * MB))
      if (req.url === '/moved') return res.writeHead(302, { location: '/a.png' }).end()
      if (req.url === '/away')
        return res.writeHead(302, { location: 'http://192.0.2.1/a.png' }).end()
      if (req.url === '/text') return send(200, 'text/plain', 'text')
      return send(404, 'text/plain')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('fetches pictures of this machine', async (t) => {
    const { api } = await started(t)
    const url = await site(t)
    for (const path of ['/a.png', '/moved']) {
      const { result } = await api('sendPhoto', { chat_id: 1, photo: url + path })
      assert.deepEqual([result.photo[0].width, result.photo[0].height], [20, 10])
    }
    const { result } = await api('sendDocument', { chat_id: 1, document: `${url}/a.png` })
    assert.equal(result.document.file_name, 'a.png')
  })

  test('refuses pages, errors, other machines and big files', async (t) => {
    const { api } = await started(t)
    const url = await site(t)
    const photo = (address: string) => api('sendPhoto', { chat_id: 1, photo: address })
    const failed = bad('failed to get HTTP URL content')
    const wrongType = bad('wrong type of the web page content')
    refused(await photo(`${url}/page`), 400, wrongType)
    refused(await photo(`${url}/text`), 400, wrongType)
    refused(await photo(`${url}/missing`), 400, failed)
    refused(await photo(`${url}/big.png`), 400, failed)
    refused(await photo(`${url}/away`), 400, failed)
    refused(await photo('https://example.com/a.png'), 400, failed)
    refused(await photo('http://127.0.0.1:1/a.png'), 400, failed)
    refused(await photo('https://'), 400, bad('wrong HTTP URL specified'))
  })
})

describe('sendMediaGroup', () => {
  const item = (type: string, name: string, extra = {}) => ({
    type,
    media: `attach://${name}`,
    ...extra,
  })

  test('sends photos and videos under one id', async (t) => {
    const { form, user } = await started(t)
    const { result } = await form('sendMediaGroup', {
      chat_id: '1',
      media: [item('photo', 'a', { caption: '<i>A</i>', parse_mode: 'HTML' }), item('video', 'b')],
      a: filePart(pngImage()),
      b: filePart(mp4Header()),
    })
    assert.equal(result.length, 2)
    assert.equal(result[0].media_group_id, result[1].media_group_id)
    assert.deepEqual(
      user.chat().map(({ media, caption }) => [media?.kind, caption]),
      [
        ['photo', 'A'],
        ['video', undefined],
      ],
    )
  })

  test('takes 2 to 10 items that fit together', async (t) => {
    const { form, user } = await started(t)
    const files = { p: filePart(pngImage()), d: filePart(mp4Header(), 'x.bin') }
    const group = (media: unknown) => form('sendMediaGroup', { chat_id: '1', media, ...files })
    const photos = (length: number) => Array.from({ length }, () => item('photo', 'p'))
    refused(await group([]), 400, bad('there are no messages to send'))
    refused(await group(photos(1)), 400, bad('media group must include 2-10 items'))
    refused(await group(photos(11)), 400, bad('too many messages to send as an album'))
    refused(
      await group([item('photo', 'p'), item('document', 'd')]),
      400,
      bad("document can't be mixed with other media types"),
    )
    refused(
      await group([item('animation', 'd'), item('photo', 'p')]),
      400,
      bad('can\'t parse InputMedia: type "animation" can\'t be used in sendMediaGroup'),
    )
    refused(
      await group([item('photo', 'x'), item('photo', 'p')]),
      400,
      bad("can't parse InputMedia: media not found"),
    )
    refused(
      await group([item('sticker', 'p'), item('photo', 'p')]),
      400,
      bad('can\'t parse InputMedia: type "sticker" is unsupported'),
    )
    refused(await group('{'), 400, bad("can't parse media JSON object"))
    refused(await group({}), 400, bad('expected an Array of InputMedia'))
    refused(
      await form('sendMediaGroup', { chat_id: '1' }),
      400,
      bad('parameter "media" is required'),
    )
    assert.equal((await group(photos(10))).ok, true)
    assert.equal((await group([item('document', 'd'), item('document', 'p')])).ok, true)
    assert.equal(user.chat().length, 12)
  })
})

describe('a user who sends files', () => {
  test('sends photos, files and albums', async (t) => {
    const { user, control } = await started(t)
    await user.sendPhoto(pngImage(), { caption: 'photo' })
    await user.sendPhoto(pngImage(), { asDocument: true, fileName: 'a.png' })
    await user.sendAlbum([pngImage(), pngImage(9, 9)], { caption: 'two' })
    await user.sendFile(oggHeader(), { kind: 'voice', duration: 3 })
    const messages = control.pendingUpdates().map(({ message }) => message as Params)
    assert.deepEqual(
      messages.map((message) =>
        ['photo', 'document', 'voice'].filter((kind) => message[kind] !== undefined).join(),
      ),
      ['photo', 'document', 'photo', 'photo', 'voice'],
    )
    assert.equal(messages[2]?.media_group_id, messages[3]?.media_group_id)
    assert.deepEqual([messages[2]?.caption, messages[3]?.caption], ['two', undefined])
  })
})
