import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseHtml } from '../../../src/sandbox/telegram/html-parser.ts'
import { parseMarkdown } from '../../../src/sandbox/telegram/markdown-parser.ts'
import { formattedText } from '../../../src/sandbox/telegram/text.ts'

const problem = (parse: () => unknown): string => {
  try {
    parse()
  } catch (error) {
    return (error as Error).message.replace("Bad Request: can't parse entities: ", '')
  }
  return 'none'
}

describe('parseHtml', () => {
  for (const [html, message] of [
    ['<h1>x</h1>', 'Unsupported start tag "h1" at byte offset 0'],
    ['жж <br> x', 'Unsupported start tag "br" at byte offset 5'],
    ['a < b', 'Unsupported start tag "" at byte offset 2'],
    ['a <b', 'Unclosed start tag at byte offset 2'],
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b><i>x</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    [
      '<a href>x</a>',
      'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
    ],
    ['<a href="x>y</a>', 'Unclosed start tag at byte offset 0'],
    ['<span class="red">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ] as const)
    test(`refuses ${html}`, () =>
      assert.equal(
        problem(() => parseHtml(html)),
        message,
      ))

  test('knows every tag of the documentation', () => {
    const html =
      '<b>1</b><strong>2</strong><i>3</i><em>4</em><u>5</u><ins>6</ins><s>7</s><strike>8</strike>' +
      '<del>9</del><span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler><code>c</code>' +
      '<pre>d</pre><blockquote>e</blockquote><blockquote expandable>f</blockquote>' +
      '<tg-emoji emoji-id="5368324170671202286">g</tg-emoji><a href="tg://user?id=7">h</a>'
    const { text, entities } = parseHtml(html)
    assert.equal(text, '123456789abcdefgh')
    assert.deepEqual(
      entities.map(({ type }) => type),
      [
        'bold',
        'bold',
        'italic',
        'italic',
        'underline',
        'underline',
        'strikethrough',
        'strikethrough',
        'strikethrough',
        'spoiler',
        'spoiler',
        'code',
        'pre',
        'blockquote',
        'expandable_blockquote',
        'custom_emoji',
        'text_mention',
      ],
    )
  })

  test('keeps the moment that apps show by the clock of who reads', () => {
    const { text, entities } = parseHtml('<tg-time unix="1647531900" format="wDT">22:45</tg-time>')
    assert.equal(text, '22:45')
    const moment = { unix_time: 1_647_531_900, date_time_format: 'wDT' }
    assert.deepEqual(entities, [{ type: 'date_time', offset: 0, length: 5, ...moment }])
    for (const wrong of [
      'format="dt"',
      'unix="x"',
      'unix="1" format="dtr"',
      'unix="1" format="td"',
    ]) {
      assert.throws(() => parseHtml(`<tg-time ${wrong}>x</tg-time>`), /invalid/)
    }
  })

  test('decodes the four named references and numeric ones', () => {
    const { text } = parseHtml('&lt;&gt;&amp;&quot;&#8381;&#x1F3A8;&nbsp;&apos;')
    assert.equal(text, '<>&"₽🎨&nbsp;&apos;')
  })

  test('makes links of what looks like one and drops the rest', () => {
    const { entities } = parseHtml(
      '<a href="https://example.com/?a=1&amp;b=2">a</a><a href="nonsense">b</a><a>example.com</a>',
    )
    assert.deepEqual(
      entities.map(({ url }) => url),
      ['https://example.com/?a=1&b=2', 'http://example.com/'],
    )
  })

  test('keeps the language of a code block', () => {
    const { entities } = parseHtml('<pre><code class="language-ts">x</code></pre>')
    assert.deepEqual(entities, [{ type: 'pre', offset: 0, length: 1, language: 'ts' }])
  })

  test('keeps code free of other entities', () => {
    const raw = { text: '<b>ab<code>cd</code>ef</b>', parseMode: 'HTML', entities: undefined }
    assert.deepEqual(formattedText(raw).entities, [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'code', offset: 2, length: 2 },
      { type: 'bold', offset: 4, length: 2 },
    ])
  })
})

describe('parseMarkdown', () => {
  test('parses version 2 with nesting, links and escapes', () => {
    const { text, entities } = parseMarkdown('*b _i_* ||s|| [l](https://e.com) 1\\.5 `c*d`', 2)
    assert.equal(text, 'b i s l 1.5 c*d')
    assert.deepEqual(
      entities.map(({ type, offset, length }) => [type, offset, length]),
      [
        ['italic', 2, 1],
        ['bold', 0, 3],
        ['spoiler', 4, 1],
        ['text_link', 6, 1],
        ['code', 12, 3],
      ],
    )
  })

  test('refuses unescaped reserved characters and open entities', () => {
    assert.equal(
      problem(() => parseMarkdown('1.5', 2)),
      "Character '.' is reserved and must be escaped with the preceding '\\'",
    )
    assert.equal(
      problem(() => parseMarkdown('ж *b', 2)),
      "Can't find end of bold entity at byte offset 3",
    )
    assert.equal(
      problem(() => parseMarkdown('1.5 (x)', 1)),
      'none',
    )
  })
})
