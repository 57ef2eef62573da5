import { type Model, successorOf } from '../catalogue/catalogue.ts'
import type { Language } from '../texts/translate.ts'
import { taskWords } from './tasks.ts'

/** Names that the brackets-free title of the facts does not give. */
const names: Readonly<Record<string, string>> = {
  'grok-imagine/upscale': 'Grok Imagine',
  'topaz/image-upscale': 'Topaz',
  'topaz/video-upscale': 'Topaz',
  'recraft/remove-background': 'Recraft',
  'recraft/crisp-upscale': 'Recraft Crisp',
  'ideogram/v3-reframe': 'Ideogram V3',
  'ideogram/character': 'Ideogram Character',
  'ideogram/character-edit': 'Ideogram Character',
  'ideogram/character-remix': 'Ideogram Character',
  'qwen/image-edit': 'Qwen Image',
  'google/nano-banana-edit': 'Nano Banana',
  'bytedance/seedream-v4-edit': 'Seedream 4.0',
  'kling/ai-avatar-v1-pro': 'Kling Avatar Pro',
  'kling/v1-avatar-standard': 'Kling Avatar',
  'wan/2-2-a14b-image-to-video-turbo': 'Wan 2.2 Turbo',
  'wan/2-2-a14b-text-to-video-turbo': 'Wan 2.2 Turbo',
  'wan/2-2-a14b-speech-to-video-turbo': 'Wan 2.2 Turbo',
  'wan/2-2-animate-move': 'Wan 2.2 Animate',
  'wan/2-2-animate-replace': 'Wan 2.2 Animate',
  'infinitalk/from-audio': 'InfiniteTalk',
  'elevenlabs/text-to-speech-turbo-2-5': 'ElevenLabs Turbo',
  'elevenlabs/speech-to-text': 'ElevenLabs',
  'elevenlabs/sound-effect-v2': 'ElevenLabs',
  'elevenlabs/audio-isolation': 'ElevenLabs',
  'sora-watermark-remover': 'Sora',
  'sora-2-pro-storyboard/index': 'Sora 2 Pro',
  'sora-2-characters': 'Sora 2',
  V4: 'Suno V4',
}

/** Brand and variant, the same in every language: "Kling 2.6". */
export const modelName = (model: Model): string =>
  names[model.id] ?? model.title.replace(/ \(.*\)$/, '')

/** Brand, variant and what it does, for menus and cards: "Z-Image — картинка по описанию". */
export const modelTitle = (model: Model, language: Language): string =>
  `${modelName(model)} — ${taskWords(model).does[language]}`

/** One sentence of what goes in and what comes out. */
export const modelSummary = (model: Model, language: Language): string =>
  taskWords(model).summary[language]

/** Name of what replaces a model, if anything does. */
export const successorTitle = (model: Model): string | undefined => {
  const successor = successorOf(model)
  return successor && modelName(successor)
}
