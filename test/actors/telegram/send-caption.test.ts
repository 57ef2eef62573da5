import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fitHtml, visibleLength } from '../../../src/actors/telegram/send-caption.ts'

describe('caption', () => {
  test('counts what is seen, in UTF-16 units', () => {
    assert.equal(visibleLength('<b>a&amp;b</b> &#39;😀'), 7)
    assert.equal(visibleLength('one\ntwo'), 7)
  })

  test('leaves alone what fits', () => {
    const html = `<b>${'&lt;'.repeat(1024)}</b>`
    assert.equal(fitHtml(html, 1024), html)
  })

  test('cuts what is too long and closes what was open', () => {
    const cut = fitHtml(`<b>x<i>${'y'.repeat(50)}</i></b>`, 10)
    assert.equal(cut, `<b>x<i>${'y'.repeat(8)}…</i></b>`)
    assert.equal(visibleLength(cut), 10)
  })

  test('tears no character, entity or tag apart', () => {
    assert.equal(fitHtml('ab😀cd', 4), 'ab…')
    assert.equal(fitHtml('a&amp;bc', 3), 'a&amp;…')
    assert.equal(fitHtml('<a href="https://example.org/?a&amp;b">abc</a>def', 4).length, 47)
  })
})
