import { type Words, words } from './words.ts'

const sharp = {
  low: words('экономно', 'thrifty'),
  fair: words('обычная чёткость', 'standard'),
  good: words('чётко', 'sharp'),
  best: words('максимально чётко', 'sharpest'),
}
const level = (name: string, w: Words) => words(`${name} — ${w.ru}`, `${name} — ${w.en}`)

const ratios: Readonly<Record<string, Words>> = {
  '1:1': words('1:1 — квадрат', '1:1 — square'),
  '4:3': words('4:3 — горизонтально', '4:3 — landscape'),
  '3:4': words('3:4 — вертикально', '3:4 — portrait'),
  '3:2': words('3:2 — горизонтально, как фото', '3:2 — landscape, like a photo'),
  '2:3': words('2:3 — вертикально, плакат', '2:3 — portrait, poster'),
  '5:4': words('5:4 — почти квадрат, шире', '5:4 — nearly square, wide'),
  '4:5': words('4:5 — вертикально, лента соцсетей', '4:5 — portrait, social feed'),
  '16:9': words('16:9 — горизонтально, видео и баннеры', '16:9 — landscape, video and banners'),
  '9:16': words('9:16 — вертикально, телефон и сторис', '9:16 — portrait, phone and stories'),
  '21:9': words('21:9 — очень широко, кино', '21:9 — very wide, cinema'),
  '9:21': words('9:21 — очень высоко', '9:21 — very tall'),
  auto: words('Подобрать по фото или описанию', 'Choose from photo or description'),
  Auto: words('Подобрать по фото или описанию', 'Choose from photo or description'),
  portrait: words('Вертикально, для телефона', 'Portrait, for phones'),
  landscape: words('Горизонтально, для экрана', 'Landscape, for screens'),
  square: words('Квадрат, небольшой', 'Square, small'),
  square_hd: words('Квадрат, чёткий', 'Square, sharp'),
  portrait_4_3: words('3:4 — вертикально', '3:4 — portrait'),
  portrait_3_2: words('2:3 — вертикально, плакат', '2:3 — portrait, poster'),
  portrait_16_9: words(
    '9:16 — вертикально, телефон и сторис',
    '9:16 — portrait, phone and stories',
  ),
  landscape_4_3: words('4:3 — горизонтально', '4:3 — landscape'),
  landscape_3_2: words('3:2 — горизонтально, как фото', '3:2 — landscape, like a photo'),
  landscape_16_9: words('16:9 — горизонтально, видео', '16:9 — landscape, video'),
  landscape_21_9: words('21:9 — очень широко, кино', '21:9 — very wide, cinema'),
}

const sharpness: Readonly<Record<string, Words>> = {
  '1K': level('1K', sharp.fair),
  '2K': level('2K', sharp.good),
  '4K': level('4K', sharp.best),
  '4k': level('4K', sharp.best),
  '480p': level('480p', sharp.low),
  '512P': level('512p', sharp.low),
  '580p': level('580p', sharp.fair),
  '720p': level('720p', sharp.fair),
  '768P': level('768p', sharp.fair),
  '1080p': level('1080p', sharp.good),
  '1080P': level('1080p', sharp.good),
}

/** Button texts by field and value; `shared` holds values that mean the same in several fields. */
export const choiceWords: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  shared: { ...ratios, ...sharpness },
  size: {
    standard: words('Обычная чёткость', 'Standard'),
    high: words('Высокая чёткость', 'High'),
  },
  rendering_speed: {
    TURBO: words('Быстро и дешевле', 'Fast and cheaper'),
    BALANCED: words('Золотая середина', 'Balanced'),
    QUALITY: words('Лучшее качество', 'Best quality'),
  },
  style: {
    AUTO: words('На ваш выбор', 'Choose for me'),
    GENERAL: words('Универсальный', 'General'),
    REALISTIC: words('Как настоящее фото', 'Like a real photo'),
    DESIGN: words('Графика и дизайн', 'Graphic design'),
    FICTION: words('Сказка и фантастика', 'Fiction and fantasy'),
  },
  acceleration: {
    none: words('Без ускорения, больше деталей', 'None, most detail'),
    regular: words('Быстрее', 'Faster'),
    high: words('Как можно быстрее', 'Fastest'),
  },
  mode: {
    fun: words('Весёлое', 'Fun'),
    normal: words('Обычное', 'Normal'),
    spicy: words('Смелое', 'Bold'),
  },
  output_format: {
    png: words('PNG — без потерь', 'PNG — lossless'),
    jpeg: words('JPG — лёгкий файл', 'JPG — light file'),
    jpg: words('JPG — лёгкий файл', 'JPG — light file'),
  },
  upscale_factor: {
    '1': words('Размер тот же, но чётче', 'Same size, sharper'),
    '2': words('В 2 раза', '2 times'),
    '4': words('В 4 раза', '4 times'),
  },
  upload_method: {
    s3: words('Первое хранилище', 'First storage'),
    oss: words('Второе хранилище', 'Second storage'),
  },
  generationType: {
    TEXT_2_VIDEO: words('Только по описанию, без фото', 'Description only, no photos'),
    FIRST_AND_LAST_FRAMES_2_VIDEO: words('Первый и последний кадр', 'First and last frame'),
    REFERENCE_2_VIDEO: words('Образцы героев и предметов', 'Examples of people and things'),
  },
  model: {
    V6: words('V6 — основная', 'V6 — the main one'),
    V6_MINI: words('V6 Mini — младшая', 'V6 Mini — the small one'),
    V6_WILD: words('V6 Wild — смелая', 'V6 Wild — the bold one'),
  },
  vocalGender: {
    m: words('Мужской голос', 'Male voice'),
    f: words('Женский голос', 'Female voice'),
  },
}

/** Button texts of switches that say more than yes and no. */
export const switchWords: Readonly<Record<string, Readonly<Record<'true' | 'false', Words>>>> = {
  sound: { true: words('Со звуком', 'With sound'), false: words('Без звука', 'Silent') },
  enable_pro: {
    true: words('Качественнее', 'Finer'),
    false: words('Быстрее и дешевле', 'Faster and cheaper'),
  },
  multi_shots: {
    true: words('Несколько сцен', 'Several shots'),
    false: words('Одна сцена', 'One shot'),
  },
  camera_fixed: {
    true: words('Камера неподвижна', 'Camera stays still'),
    false: words('Камера движется', 'Camera moves'),
  },
  instrumental: {
    true: words('Только музыка', 'Music only'),
    false: words('Со словами', 'With singing'),
  },
  customMode: {
    true: words('Свои слова и жанр', 'Own lyrics and genre'),
    false: words('По идее', 'From an idea'),
  },
}

/** Languages offered for speech, by their ISO 639-1 code. */
export const languages: Readonly<Record<string, Words>> = {
  ru: words('Русский', 'Russian'),
  en: words('Английский', 'English'),
  uk: words('Украинский', 'Ukrainian'),
  de: words('Немецкий', 'German'),
  fr: words('Французский', 'French'),
  es: words('Испанский', 'Spanish'),
  it: words('Итальянский', 'Italian'),
  pt: words('Португальский', 'Portuguese'),
  pl: words('Польский', 'Polish'),
  tr: words('Турецкий', 'Turkish'),
  zh: words('Китайский', 'Chinese'),
  ja: words('Японский', 'Japanese'),
  ko: words('Корейский', 'Korean'),
  ar: words('Арабский', 'Arabic'),
  hi: words('Хинди', 'Hindi'),
}
