import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Piece, telegramPieces } from '../../../../src/http/console/ui/lib/telegram-html.ts'
import { escapeHtml } from '../../../../src/machines/texts/translate.ts'
import { fc } from '../../../support/properties.ts'

const text = (pieces: Piece[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : text(piece.inside))).join('')

describe('telegram html', () => {
  test('nests what Telegram knows', () => {
    assert.deepEqual(telegramPieces('Hi <b>you <i>there</i></b> &lt;3'), [
      'Hi ',
      { tag: 'b', inside: ['you ', { tag: 'i', inside: ['there'] }] },
      ' <3',
    ])
    assert.deepEqual(telegramPieces('<a href="https://x.y/?a=1&amp;b=2">x</a>'), [
      { tag: 'a', href: 'https://x.y/?a=1&b=2', inside: ['x'] },
    ])
    assert.deepEqual(
      telegramPieces('<tg-spoiler>s</tg-spoiler><span class="tg-spoiler">t</span>'),
      [
        { tag: 'spoiler', inside: ['s'] },
        { tag: 'spoiler', inside: ['t'] },
      ],
    )
  })

  test('leaves as text what it does not know', () => {
    assert.deepEqual(
      text(telegramPieces('<script>x</script> 1 < 2 </b>')),
      '<script>x</script> 1 < 2 ',
    )
  })

  test('any text that was made safe comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (given) => {
        assert.deepEqual(text(telegramPieces(`<b>${escapeHtml(given)}</b>`)), given)
      }),
    )
  })
})
