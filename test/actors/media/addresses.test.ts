import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { describe, test } from 'node:test'
import {
  type Address,
  checkUrl,
  createGuardedLookup,
  isPrivate,
} from '../../../src/actors/media/addresses.ts'

describe('isPrivate', () => {
  test('knows the addresses that are not on the internet', () => {
    const ours =
      '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.0.9 169.254.169.254 172.16.0.1 172.31.255.255 ' +
      '192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ' +
      'fd00::1 fe80::1 ff02::1 64:ff9b::7f00:1 2002:7f00:1::1 2001:db8::1 192.88.99.1 fec0::1 ' +
      'feff::1 3fff::1 3fff:fff::1 5f00::1 nonsense'
    for (const address of ours.split(' ')) assert.ok(isPrivate(address), address)
  })

  test('lets public addresses through', () => {
    const theirs =
      '1.1.1.1 8.8.8.8 172.32.0.1 192.169.0.1 100.128.0.1 192.88.98.1 2606:4700:4700::1111 ' +
      '3fff:1000::1 5eff::1'
    for (const address of theirs.split(' ')) assert.ok(!isPrivate(address), address)
  })
})

describe('checkUrl', () => {
  const check = (link: string, loopback = false) => checkUrl(new URL(link), loopback)

  test('takes https to a public host', () => {
    check('https://cdn.example/a.png')
    check('https://1.1.1.1/a.png')
  })

  test('refuses other protocols and private addresses in any spelling', () => {
    const links =
      'http://cdn.example/a ftp://cdn.example/a file:///etc/passwd data:text/plain,x ' +
      'https://127.0.0.1/ https://localhost/ https://2130706433/ https://0x7f.1/ https://[::1]/ ' +
      'https://[::ffff:127.0.0.1]/ https://10.0.0.1/ https://169.254.169.254/latest http://127.0.0.1/'
    for (const link of links.split(' '))
      assert.throws(() => check(link), { code: 'media.unusable' }, link)
  })

  test('lets this machine through only when it is allowed', () => {
    check('http://127.0.0.1:8080/a', true)
    check('http://localhost:8080/a', true)
    assert.throws(() => check('http://192.168.0.1/a', true), { code: 'media.unusable' })
    assert.throws(() => check('http://cdn.example/a', true), { code: 'media.unusable' })
  })
})

describe('createGuardedLookup', () => {
  const look = (addresses: readonly Address[], hostname = 'cdn.example', loopback = false) =>
    new Promise<string | LookupAddress[]>((resolve, reject) => {
      const lookup = createGuardedLookup(async () => addresses, loopback)
      lookup(hostname, { all: true }, (error, found) => (error ? reject(error) : resolve(found)))
    })
  const inside = { address: '10.0.0.7', family: 4 }
  const outside = { address: '1.1.1.1', family: 4 }

  test('passes public addresses on', async () => {
    assert.deepEqual(await look([outside]), [outside])
  })

  test('refuses a host as soon as one of its addresses is private', async () => {
    await assert.rejects(look([outside, inside]), { code: 'media.unusable' })
    const loopback = [{ address: '127.0.0.1', family: 4 }]
    await assert.rejects(look(loopback, 'rebound.example', true), { code: 'media.unusable' })
    assert.deepEqual(await look(loopback, 'localhost', true), loopback)
  })

  test('fails for a host without addresses', async () => {
    await assert.rejects(look([]), /no address/)
  })
})
