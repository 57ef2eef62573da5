import { type Words, words } from './words.ts'

const sharp = {
  low: words('экономно', 'economical'),
  fair: words('обычная чёткость', 'standard'),
  better: words('чуть чётче', 'a little sharper'),
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
  '4:1': words('4:1 — лента, широкая', '4:1 — wide strip'),
  '1:4': words('1:4 — лента, высокая', '1:4 — tall strip'),
  '8:1': words('8:1 — узкая полоса', '8:1 — narrow strip'),
  '1:8': words('1:8 — узкий столбец', '1:8 — narrow column'),
  '2:1': words('2:1 — вдвое шире', '2:1 — twice as wide'),
  '1:2': words('1:2 — вдвое выше', '1:2 — twice as tall'),
  '27:16': words('27:16 — горизонтально, почти 16:9', '27:16 — landscape, nearly 16:9'),
  '16:27': words('16:27 — вертикально, почти 9:16', '16:27 — portrait, nearly 9:16'),
  '9:8': words('9:8 — почти квадрат, шире', '9:8 — nearly square, wide'),
  '8:9': words('8:9 — почти квадрат, выше', '8:9 — nearly square, tall'),
  adaptive: words('Подобрать за меня', 'Choose for me'),
  auto: words('Подобрать за меня', 'Choose for me'),
  Auto: words('Подобрать за меня', 'Choose for me'),
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
  '1.5K': level('1.5K', sharp.better),
  '360p': level('360p', sharp.low),
  '540p': level('540p', sharp.fair),
  '480P': level('480p', sharp.low),
  '720P': level('720p', sharp.fair),
  '720': level('720p', sharp.fair),
  '1080': level('1080p', sharp.good),
  std: level('720p', sharp.fair),
  pro: level('1080p', sharp.good),
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
  quality: {
    medium: words('Обычное качество', 'Standard'),
    basic: words('Обычная чёткость', 'Standard'),
    high: words('Высокая чёткость', 'High'),
    ultra: words('Максимальная чёткость', 'Highest'),
  },
  background: {
    auto: words('На ваш выбор', 'Choose for me'),
    transparent: words('Прозрачный', 'Transparent'),
    opaque: words('Обычный', 'Filled'),
  },
  audio_setting: {
    auto: words('На ваш выбор', 'Choose for me'),
    origin: words('Оставить как в моём видео', 'Keep the sound of my video'),
  },
  character_orientation: {
    image: words('Как на фото', 'As in the photo'),
    video: words('Как в видео', 'As in the video'),
  },
  background_source: {
    input_image: words('Фон с фото', 'From the photo'),
    input_video: words('Фон из видео', 'From the video'),
  },
  'lip-sync:mode': {
    lite: words('Обычная', 'Standard'),
    basic: words('Точная, для сложных сцен', 'Precise, for difficult scenes'),
  },
  'text-to-speech:style': {
    'Vocal Smile': words('С улыбкой', 'With a smile'),
    Newscaster: words('Как диктор новостей', 'Like a newscaster'),
    Whisper: words('Шёпотом', 'In a whisper'),
    Empathetic: words('С сочувствием', 'With empathy'),
    'Promo/Hype': words('Как в рекламе', 'Like a commercial'),
    Deadpan: words('Невозмутимо', 'Deadpan'),
  },
  pace: {
    Natural: words('Обычно', 'Natural'),
    'Rapid Fire': words('Скороговоркой', 'Very fast'),
    'The Drift': words('Медленно и плавно', 'Slow and smooth'),
    Staccato: words('Отрывисто', 'Choppy'),
  },
  sound_key: {
    Cm: words('До минор', 'C minor'),
    'C#m': words('До-диез минор', 'C sharp minor'),
    Dm: words('Ре минор', 'D minor'),
    'D#m': words('Ре-диез минор', 'D sharp minor'),
    Em: words('Ми минор', 'E minor'),
    Fm: words('Фа минор', 'F minor'),
    'F#m': words('Фа-диез минор', 'F sharp minor'),
    Gm: words('Соль минор', 'G minor'),
    'G#m': words('Соль-диез минор', 'G sharp minor'),
    Am: words('Ля минор', 'A minor'),
    'A#m': words('Ля-диез минор', 'A sharp minor'),
    Bm: words('Си минор', 'B minor'),
    C: words('До мажор', 'C major'),
    'C#': words('До-диез мажор', 'C sharp major'),
    D: words('Ре мажор', 'D major'),
    'D#': words('Ре-диез мажор', 'D sharp major'),
    E: words('Ми мажор', 'E major'),
    F: words('Фа мажор', 'F major'),
    'F#': words('Фа-диез мажор', 'F sharp major'),
    G: words('Соль мажор', 'G major'),
    'G#': words('Соль-диез мажор', 'G sharp major'),
    A: words('Ля мажор', 'A major'),
    'A#': words('Ля-диез мажор', 'A sharp major'),
    B: words('Си мажор', 'B major'),
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
    none: words('Обычно, больше деталей', 'Usual, most detail'),
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
    webp: words('WEBP — самый лёгкий', 'WEBP — the lightest'),
    mp4: words('MP4 — открывается везде', 'MP4 — opens everywhere'),
    mov: words('MOV — для монтажа', 'MOV — for editing'),
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
    veo3_lite: words('Lite — быстро и дёшево', 'Lite — fast and cheap'),
    veo3_fast: words('Fast — золотая середина', 'Fast — balanced'),
    veo3: words('Quality — лучшее качество', 'Quality — the finest'),
    lite: words('Lite — быстро и дёшево', 'Lite — fast and cheap'),
    fast: words('Fast — золотая середина', 'Fast — balanced'),
    quality: words('Quality — лучшее качество', 'Quality — the finest'),
    V6: words('Основная', 'The main one'),
    V6_MINI: words('Mini — попроще', 'Mini — simpler'),
    V6_WILD: words('Wild — смелее', 'Wild — bolder'),
  },
  vocalGender: {
    m: words('Мужской голос', 'Male voice'),
    f: words('Женский голос', 'Female voice'),
  },
}

const soundOrNone = { true: words('Со звуком', 'With sound'), false: words('Без звука', 'Silent') }

/** Button texts of switches that say more than yes and no. */
export const switchWords: Readonly<Record<string, Readonly<Record<'true' | 'false', Words>>>> = {
  sound: soundOrNone,
  audio: soundOrNone,
  generate_audio: soundOrNone,
  generate_audio_switch: soundOrNone,
  fixed_lens: {
    true: words('Камера неподвижна', 'Camera stays still'),
    false: words('Камера движется', 'Camera moves'),
  },
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
