import type { Category } from '../catalogue/catalogue.ts'
import { type Words, words } from './words.ts'

/** How a group of models appears in the menu: sign, name, and one line of what it gives. */
export interface CategoryWords {
  readonly emoji: string
  readonly title: Words
  readonly benefit: Words
}

/** Words of the groups that users see. */
export const categoryWords: Readonly<Record<Category, CategoryWords>> = {
  image: {
    emoji: '🎨',
    title: words('Картинки', 'Pictures'),
    benefit: words('Опишите словами — получите картинку.', 'Say it in words, get a picture.'),
  },
  'image-edit': {
    emoji: '🧩',
    title: words('Правка фото', 'Photo editing'),
    benefit: words('Ваше фото — с новым фоном, стилем, героем.', 'Your photo, changed as you say.'),
  },
  video: {
    emoji: '🎬',
    title: words('Видео', 'Video'),
    benefit: words('Ролик по описанию или из вашего фото.', 'A clip from words or your photo.'),
  },
  avatar: {
    emoji: '🧑‍🎤',
    title: words('Говорящий портрет', 'Talking portraits'),
    benefit: words('Фото заговорит вашим голосом.', 'A photo speaks with your voice.'),
  },
  enhance: {
    emoji: '✨',
    title: words('Улучшение', 'Enhancing'),
    benefit: words('Крупнее, чётче, без фона.', 'Larger, sharper, without background.'),
  },
  audio: {
    emoji: '🎧',
    title: words('Голос и звук', 'Voice and sound'),
    benefit: words('Озвучка текста и чистка записей.', 'Speech from text, clean recordings.'),
  },
  music: {
    emoji: '🎵',
    title: words('Музыка', 'Music'),
    benefit: words('Песня по вашей идее.', 'A song from your idea.'),
  },
  other: {
    emoji: '📦',
    title: words('Разное', 'Other'),
    benefit: words('Всё остальное.', 'Everything else.'),
  },
}
