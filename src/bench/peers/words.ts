/** The dialogue that all peers have: six updates, eleven calls, keyboards as long as a real bot's. */
export const WORDS = {
  menu: '👋 <b>Hello!</b> I make pictures, films and sound from your words.\n\nWhat shall it be?',
  free: '🎁 <b>Free models</b>\n\nThese cost nothing today.',
  card: '🖼 <b>Z-Image</b>\n\nA fast model for pictures from words.\n\nFree for you: 5 of 5 left today.',
  ask: '✍️ <b>Step 1 of 2</b>\n\nDescribe the picture. The more exactly, the better.',
  shape: '📐 <b>Step 2 of 2</b>\n\nWhich shape shall the picture have?',
  preview: '🧾 <b>Ready to run</b>\n\nZ-Image, 1:1\n\n<b>Free</b>',
}

export interface Key {
  text: string
  callback_data: string
}

const keys = (...rows: readonly (readonly [text: string, data: string])[][]): Key[][] =>
  rows.map((row) => row.map(([text, callback_data]) => ({ text, callback_data })))

const BACK: [string, string][] = [
  ['⬅️ Back', 'back'],
  ['🏠 Menu', 'menu'],
]

export const KEYBOARDS = {
  menu: keys(
    [['🎁 Free', 'free']],
    [
      ['🖼 Pictures', 'pictures'],
      ['✏️ Edit a picture', 'edit'],
    ],
    [
      ['🎬 Films', 'films'],
      ['🎵 Sound', 'sound'],
    ],
    [
      ['🔎 Search', 'search'],
      ['📋 My orders', 'orders'],
    ],
    [
      ['💰 Balance', 'balance'],
      ['⭐ Top up', 'topup'],
    ],
    [
      ['🌍 Language', 'language'],
      ['❓ Help', 'help'],
    ],
  ),
  free: keys(
    [['Z-Image', 'model']],
    [['Qwen', 'qwen']],
    [['Recraft', 'recraft']],
    [['Infinitalk', 'infinitalk']],
    BACK,
  ),
  card: keys(
    [['🚀 Begin', 'begin']],
    [['❤️ Favourite', 'favourite']],
    [['🔗 Share', 'share']],
    BACK,
  ),
  ask: keys(BACK),
  shape: keys(
    [
      ['1:1', 'shape'],
      ['16:9', 'wide'],
      ['9:16', 'tall'],
    ],
    [
      ['4:3', 'screen'],
      ['3:4', 'page'],
    ],
    BACK,
  ),
  preview: keys([['✅ Run', 'run']], [['✏️ Change', 'change']], [['⚙️ More', 'more']], BACK),
}

/** Which screen a tap leads to. */
export const NEXT: Readonly<Record<string, 'free' | 'card' | 'ask' | 'preview'>> = {
  free: 'free',
  model: 'card',
  begin: 'ask',
  shape: 'preview',
}

/** What a peer's process is told: where to listen, which Bot API and database to use. */
export const peerEnvironment = () => {
  const {
    PORT = '0',
    TELEGRAM_API_ROOT = '',
    TELEGRAM_BOT_TOKEN = '',
    DATABASE_URL = '',
  } = process.env
  return {
    port: Number(PORT),
    apiRoot: TELEGRAM_API_ROOT.replace(/\/$/, ''),
    token: TELEGRAM_BOT_TOKEN,
    databaseUrl: DATABASE_URL,
  }
}
