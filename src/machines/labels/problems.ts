import type { Problem, ProblemCode } from '../catalogue/problem.ts'
import type { Language } from '../texts/translate.ts'
import { pluralRu, type Words, words } from './words.ts'

type Params = Problem['params']

const media: Readonly<Record<string, Words>> = {
  image: words('фото', 'a photo'),
  video: words('видео', 'a video'),
  audio: words('голосовое сообщение или файл со звуком', 'a voice message or a sound file'),
}

/** How to send the same in a type that is taken. */
const ways: Readonly<Record<string, Words>> = {
  photo: words(
    'Отправьте его как фото, а не файлом: телефон сам сделает JPG.',
    'Send it as a photo, not as a file: the phone turns it into JPG.',
  ),
  screenshot: words(
    'Сделайте снимок экрана и отправьте его как фото.',
    'Take a screenshot and send that as a photo.',
  ),
  mp4: words(
    'Сохраните ролик в MP4 или отправьте его из галереи как видео, а не файлом.',
    'Save it as MP4, or send it from your gallery as a video, not as a file.',
  ),
  voice: words('Можно записать голосовое сообщение.', 'You can record a voice message.'),
  mp3: words('Сохраните запись в MP3.', 'Save it as MP3.'),
}

const damaged: Readonly<Record<string, Words>> = {
  image: words(
    'Картинка пришла не целиком. Отправьте её ещё раз, лучше как фото, а не файлом.',
    'The picture is cut off. Send it again, best as a photo, not as a file.',
  ),
  video: words(
    'Ролик не открывается: он повреждён или пришёл не целиком. Отправьте его ещё раз. Не поможет — чуть обрежьте край в Telegram перед отправкой, он сохранится заново.',
    'The video does not open: it is damaged or cut off. Send it again; if that fails, trim an edge a little in Telegram before sending, that saves it anew.',
  ),
  audio: words(
    'Запись не открывается: она повреждена или пришла не целиком. Отправьте её ещё раз или запишите голосовое сообщение.',
    'The sound does not open: it is damaged or cut off. Send it again, or record a voice message.',
  ),
}

const characters = (n: number) => `${n} ${pluralRu(n, 'знак', 'знака', 'знаков')}`
const numberOf = (value: string | number | undefined) => Number(value ?? 0)
const ru = (value: string | number | undefined) => String(value ?? '').replace('.', ',')

const texts: Readonly<Record<ProblemCode, (p: Params) => Words>> = {
  'text.expected': () => words('Здесь нужен текст.', 'A text is needed here.'),
  'text.short': (p) =>
    words(
      `Слишком коротко: нужно не меньше ${numberOf(p.min)}.`,
      `Too short: at least ${p.min} needed.`,
    ),
  'text.long': (p) =>
    words(
      `Слишком длинно: ${characters(numberOf(p.length))}, можно ${numberOf(p.max)}.`,
      `Too long: ${p.length} characters, ${p.max} are allowed.`,
    ),
  'choice.unknown': () =>
    words('Такого варианта нет. Выберите кнопкой.', 'No such option. Use the buttons.'),
  'number.invalid': () => words('Здесь нужно число.', 'A number is needed here.'),
  'number.integer': () => words('Нужно целое число.', 'A whole number is needed.'),
  'number.range': (p) =>
    words(`Нужно число от ${ru(p.min)} до ${ru(p.max)}.`, `From ${p.min} to ${p.max}, please.`),
  'number.multiple': (p) =>
    words(`Число должно делиться на ${p.step}.`, `It must be a multiple of ${p.step}.`),
  'link.invalid': () =>
    words(
      'Ссылка не подходит: нужна обычная, с https в начале.',
      'This link will not do: it must start with https.',
    ),
  'media.expected': (p) => {
    const what = media[String(p.media)] ?? words('файл', 'a file')
    return words(`Здесь нужно прислать ${what.ru}.`, `Please send ${what.en}.`)
  },
  'media.type': (p) => {
    const way = ways[String(p.way)]
    return words(
      `Такой файл не подойдёт. ${way ? `${way.ru} ` : ''}Подойдут: ${p.types}.`,
      `This type will not do. ${way ? `${way.en} ` : ''}These will do: ${p.types}.`,
    )
  },
  'media.size': (p) =>
    words(`Файл больше ${p.max} МБ. Пришлите меньше.`, `Over ${p.max} MB. Send a smaller one.`),
  'media.heavy': (p) =>
    words(
      `Файл больше ${p.max} МБ, такой я скачать не могу. Пришлите ссылку на него или файл поменьше.`,
      `Over ${p.max} MB I can't download it. Send a link to it, or a smaller file.`,
    ),
  'media.too-large': () =>
    words('Файл слишком большой. Пришлите поменьше.', 'The file is too large. Send a smaller one.'),
  'media.unusable': (p) => {
    const what = media[String(p.media)] ?? words('файл', 'a file')
    return words(
      `Файл не открылся или это не то, что нужно. Здесь нужно прислать ${what.ru}.`,
      `The file does not open, or is something else. Please send ${what.en}.`,
    )
  },
  'media.damaged': (p) =>
    damaged[String(p.media)] ??
    words('Файл повреждён. Пришлите другой.', 'The file is damaged. Send another one.'),
  'media.unavailable': () =>
    words(
      'Файл не скачался. Пришлите его ещё раз; если это ссылка — проверьте, что она открывается у всех.',
      'The file could not be fetched. Send it again; if it is a link, check that anybody can open it.',
    ),
  'media.slow': () =>
    words(
      'Файл не удалось проверить вовремя. Пришлите его ещё раз или другой.',
      'The file could not be checked in time. Send it again, or another one.',
    ),
  'media.length': (p) =>
    p.media === 'video'
      ? words(
          'Не получается узнать, сколько длится ролик. Откройте его в Telegram, чуть обрежьте край и отправьте: он сохранится заново.',
          'I can’t tell how long it is. Open it in Telegram, trim an edge a little and send it: that saves it anew.',
        )
      : words(
          'Не получается узнать, сколько длится запись. Запишите голосовое сообщение или сохраните её в MP3.',
          'I can’t tell how long it is. Record a voice message, or save it as MP3.',
        ),
  'media.short': (p) =>
    words(`Слишком коротко: нужно от ${ru(p.min)} с.`, `Too short: at least ${p.min} s needed.`),
  'media.long': (p) =>
    words(`Слишком долго: можно до ${ru(p.max)} с.`, `Too long: up to ${p.max} s are allowed.`),
  'media.total': (p) =>
    words(
      `Вместе получается ${ru(p.total)} с, а можно до ${ru(p.max)} с.`,
      `Together that is ${p.total} s; up to ${p.max} s are allowed.`,
    ),
  'media.few': (p) => words(`Нужно прислать не меньше ${p.min}.`, `At least ${p.min} needed.`),
  'media.many': (p) => words(`Можно прислать не больше ${p.max}.`, `At most ${p.max} allowed.`),
  'media.small': (p) =>
    words(
      `Картинка слишком мала: стороны должны быть от ${p.side} точек.`,
      `The picture is too small: each side needs ${p.side} dots.`,
    ),
  'media.large': (p) =>
    words(
      `Картинка слишком велика: стороны до ${p.side} точек.`,
      `The picture is too large: sides up to ${p.side} dots.`,
    ),
  'list.many': (p) => words(`Можно не больше ${p.max}.`, `At most ${p.max} allowed.`),
  'shots.total': (p) =>
    words(
      `Вместе сцены длятся ${ru(p.total)} с, а можно до ${ru(p.max)} с.`,
      `Together the scenes take ${p.total} s; up to ${p.max} s are allowed.`,
    ),
  'shots.format': () =>
    words(
      'Каждая сцена с новой строки, например: 5 — кот прыгает на стол.',
      'One scene per line, for example: 5 — a cat jumps on the table.',
    ),
}

/** Tells a user why an answer can't be taken and what would do. */
export const problemText = ({ code, params }: Problem, language: Language): string =>
  texts[code](params)[language]
