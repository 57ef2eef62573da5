import { categoryWords } from '../labels/categories.ts'
import { modelName } from '../labels/models.ts'
import { brandSpellings } from '../labels/providers.ts'
import { taskWords } from '../labels/tasks.ts'
import { allModels, type Model, needsEarlierResult } from './catalogue.ts'

/** Fewer letters mean too much. */
const FEWEST_LETTERS = 2
/** Longer words lose their ending: "озвучить" finds "озвучка". */
const STEM = 4

/** The words of a text as they are compared: in small letters, ё as е. */
export const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

const stemOf = (word: string): string =>
  word.length > STEM && /^\p{L}+$/u.test(word)
    ? word.slice(0, Math.max(STEM, word.length - 3))
    : word

/** Other words that people use for a task; no text of a screen has them. */
const alsoCalled: Readonly<Record<string, string>> = {
  'text-or-image-to-image':
    'нарисовать рисунок арт изображение логотип мультик аниме правка draw logo',
  'text-or-reference-to-video': 'ролик клип анимация мультик clip animation cartoon',
  'reference-to-video': 'ролик клип герой персонаж clip character',
  'text-or-image-to-video': 'ролик клип анимация оживить мультик clip animate cartoon',
  'motion-transfer': 'танец повторить движение dance motion',
  'character-replace': 'замена лица дипфейк face swap deepfake',
  'lip-sync': 'губы озвучка перевод lipsync dubbing',
  'extend-video': 'продлить удлинить longer extend',
  cover: 'кавер перепеть переделать песню remix',
  'text-to-lyrics': 'стихи текст песни poem',
  'sound-effect': 'шум эффект звук effect noise',
  'text-to-image': 'нарисовать рисунок арт изображение логотип мультик аниме draw art image logo',
  'image-to-image': 'стиль переделать изменить редактировать фотошоп замена лица style face edit',
  'image-edit': 'изменить редактировать фотошоп замена лица фон face edit photoshop',
  inpaint: 'маска mask inpaint',
  'remove-background': 'убрать вырезать фон remove cut out background',
  'image-upscale': 'апскейл улучшить качество upscale quality',
  'video-upscale': 'апскейл качество upscale quality',
  'image-to-video': 'оживить анимировать animate animation',
  'text-to-video': 'ролик клип анимация clip animation',
  'talking-avatar': 'аватар оживить avatar lipsync',
  'speech-to-video': 'аватар оживить avatar lipsync',
  'text-to-speech': 'голос диктор озвучить voice tts narration',
  'speech-to-text': 'расшифровка субтитры transcript transcribe',
  'audio-isolation': 'шум очистить noise',
  'text-to-music': 'музыка трек бит music track',
}

interface Entry {
  readonly model: Model
  readonly name: readonly string[]
  readonly rest: readonly string[]
}

const entries: readonly Entry[] = allModels
  .filter((model) => !needsEarlierResult(model))
  .map((model) => {
    const { does, summary } = taskWords(model)
    const { title } = categoryWords[model.category]
    const texts = [does, summary, title].flatMap(({ ru, en }) => [ru, en])
    return {
      model,
      name: wordsIn(
        [
          ...[modelName(model), model.id, model.brand, model.provider, model.words.search ?? ''],
          brandSpellings(model.provider, model.brand),
        ].join(' '),
      ),
      rest: wordsIn(`${texts.join(' ')} ${alsoCalled[model.task] ?? ''}`),
    }
  })

/**
 * Models that have every given word in their name, task or group, in either language; those that
 * have them in the name come first.
 */
export function findModels(text: string): readonly Model[] {
  const wanted = wordsIn(text).map(stemOf)
  if (wanted.join('').length < FEWEST_LETTERS) return []
  const has = (words: readonly string[], stem: string) => words.some((w) => w.startsWith(stem))
  return entries
    .filter(({ name, rest }) => wanted.every((stem) => has(name, stem) || has(rest, stem)))
    .map(({ model, name }) => ({ model, named: wanted.filter((stem) => has(name, stem)).length }))
    .sort((a, b) => b.named - a.named)
    .map(({ model }) => model)
}
