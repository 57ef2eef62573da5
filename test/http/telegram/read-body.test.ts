import assert from 'node:assert/strict'
import { once } from 'node:events'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, test } from 'node:test'
import { readBody } from '../../../src/http/telegram/read-body.ts'

describe('a body', () => {
  test('of a sender who was gone before it was read is aborted', { timeout: 30_000 }, async () => {
    const request = new IncomingMessage(new Socket())
    request.destroy()
    await once(request, 'close')
    assert.equal(await readBody(request, 1_024), 'aborted')
  })
})
