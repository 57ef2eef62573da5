import type { Model } from '../catalogue/catalogue.ts'
import { type Words, words } from './words.ts'

/** What a model does in a few words, and what goes in and out in one sentence. */
export interface TaskWords {
  readonly does: Words
  readonly summary: Words
}

const task = (doesRu: string, doesEn: string, ru: string, en: string): TaskWords => ({
  does: words(doesRu, doesEn),
  summary: words(ru, en),
})

const tasks: Readonly<Record<string, TaskWords>> = {
  'text-to-image': task(
    'картинка по описанию',
    'picture from text',
    'Вы описываете словами, что нужно, и получаете картинку.',
    'You describe what you want and get a picture.',
  ),
  'text-or-image-to-image': task(
    'картинка по словам и фото',
    'picture from text and photos',
    'Вы описываете картинку, при желании добавляете фото-образцы, и получаете новую картинку.',
    'You describe a picture, add photos as examples if you like, and get a new one.',
  ),
  'image-to-image': task(
    'новая картинка из фото',
    'new picture from a photo',
    'Вы присылаете фото и описание и получаете новую картинку на их основе.',
    'You send a photo and a description and get a new picture made from them.',
  ),
  'image-edit': task(
    'правка фото словами',
    'photo editing by words',
    'Вы присылаете фото, пишете, что изменить, и получаете готовую картинку.',
    'You send a photo, say what to change, and get the finished picture.',
  ),
  'reference-to-image': task(
    'герой с фото в новой сцене',
    'your character in a new scene',
    'Вы присылаете фото героя и описание сцены и получаете картинку с тем же героем.',
    'You send a photo of a character, describe a scene, and get a picture of that character.',
  ),
  inpaint: task(
    'замена части фото',
    'replace a part of a photo',
    'Вы присылаете фото, маску и фото героя и получаете картинку с заменённой частью.',
    'You send a photo, a mask and a character, and get the photo with that part replaced.',
  ),
  reframe: task(
    'новый формат фото',
    'new shape for a photo',
    'Вы присылаете фото, выбираете форму и получаете картинку в новом формате.',
    'You send a photo, choose a shape, and get the picture in that shape.',
  ),
  'remove-background': task(
    'удаление фона',
    'background removal',
    'Вы присылаете фото и получаете его без фона.',
    'You send a photo and get it without its background.',
  ),
  'image-upscale': task(
    'увеличение фото',
    'photo enlargement',
    'Вы присылаете фото и получаете его крупнее и чётче.',
    'You send a photo and get it larger and sharper.',
  ),
  'video-upscale': task(
    'улучшение видео',
    'video enhancement',
    'Вы присылаете видео и получаете его крупнее и чётче.',
    'You send a video and get it larger and sharper.',
  ),
  'watermark-removal': task(
    'удаление водяного знака',
    'watermark removal',
    'Вы присылаете ссылку на ролик и получаете его без водяного знака.',
    'You send a link to a clip and get it without the watermark.',
  ),
  'text-to-video': task(
    'видео по описанию',
    'video from text',
    'Вы описываете сцену словами и получаете видео.',
    'You describe a scene and get a video.',
  ),
  'image-to-video': task(
    'видео из фото',
    'video from a photo',
    'Вы присылаете фото, описываете движение и получаете видео.',
    'You send a photo, describe the motion, and get a video.',
  ),
  'text-or-image-to-video': task(
    'видео по описанию или фото',
    'video from text or photos',
    'Вы описываете сцену, при желании добавляете фото, и получаете видео.',
    'You describe a scene, add photos if you like, and get a video.',
  ),
  'video-to-video': task(
    'новое видео из видео',
    'new video from a video',
    'Вы присылаете видео, пишете, что должно быть, и получаете новый ролик.',
    'You send a video, say what should happen, and get a new clip.',
  ),
  'motion-transfer': task(
    'движения из видео на фото',
    'motion from a video to a photo',
    'Вы присылаете фото героя и видео с движениями, и герой их повторяет.',
    'You send a photo of a character and a video, and the character repeats its motion.',
  ),
  'character-replace': task(
    'замена героя в видео',
    'replace a person in a video',
    'Вы присылаете видео и фото нового героя и получаете ролик с ним.',
    'You send a video and a photo of a new character, and get the clip with it.',
  ),
  'storyboard-to-video': task(
    'видео по сценам',
    'video from scenes',
    'Вы описываете сцены по порядку и получаете единый ролик.',
    'You describe scenes in order and get one clip.',
  ),
  'character-creation': task(
    'герой для видео',
    'character for videos',
    'Вы присылаете короткое видео и получаете героя для новых роликов.',
    'You send a short video and get a character for new clips.',
  ),
  'talking-avatar': task(
    'говорящий портрет',
    'talking portrait',
    'Вы присылаете портрет и запись голоса и получаете видео, где человек говорит.',
    'You send a portrait and a voice recording and get a video of the person speaking.',
  ),
  'speech-to-video': task(
    'говорящий портрет',
    'talking portrait',
    'Вы присылаете портрет, запись голоса и описание и получаете видео с речью.',
    'You send a portrait, a voice recording and a description, and get a speaking video.',
  ),
  'text-to-speech': task(
    'озвучка текста',
    'speech from text',
    'Вы присылаете текст, выбираете голос и получаете запись речи.',
    'You send a text, choose a voice, and get it spoken.',
  ),
  'speech-to-text': task(
    'текст из записи',
    'text from a recording',
    'Вы присылаете запись и получаете её текст.',
    'You send a recording and get its text.',
  ),
  'sound-effect': task(
    'звук по описанию',
    'sound from text',
    'Вы описываете звук и получаете запись.',
    'You describe a sound and get a recording.',
  ),
  'audio-isolation': task(
    'чистый голос из записи',
    'clean voice from a recording',
    'Вы присылаете запись с шумом и получаете чистый голос.',
    'You send a noisy recording and get a clean voice.',
  ),
  'text-to-music': task(
    'песня по описанию',
    'song from text',
    'Вы описываете песню и получаете два готовых варианта.',
    'You describe a song and get two finished takes.',
  ),
  'text-or-reference-to-video': task(
    'видео по словам и образцам',
    'video from text and examples',
    'Вы описываете сцену, при желании добавляете фото и видео-образцы, и получаете видео.',
    'You describe a scene, add photos and clips as examples if you like, and get a video.',
  ),
  'reference-to-video': task(
    'видео с вашими героями',
    'video with your characters',
    'Вы присылаете фото героев или вещей, описываете сцену и получаете видео с ними.',
    'You send photos of people or things, describe a scene, and get a video with them.',
  ),
  transition: task(
    'переход между фото',
    'from one photo to another',
    'Вы присылаете первое и последнее фото и получаете плавный ролик между ними.',
    'You send a first and a last photo and get a smooth clip between them.',
  ),
  'extend-video': task(
    'продолжение видео',
    'a longer video',
    'Вы описываете, что будет дальше, и получаете продолжение ролика.',
    'You describe what happens next and get the clip continued.',
  ),
  'upscale-result': task(
    'чётче готовое видео',
    'a sharper finished video',
    'Вы выбираете свой готовый ролик и получаете его чётче.',
    'You choose your finished clip and get it sharper.',
  ),
  'layer-decomposition': task(
    'картинка по слоям',
    'a picture split into layers',
    'Вы присылаете картинку и получаете её части отдельными слоями.',
    'You send a picture and get its parts as separate layers.',
  ),
  'lip-sync': task(
    'новая речь в видео',
    'new speech for a video',
    'Вы присылаете видео с лицом и запись речи, и губы двигаются под неё.',
    'You send a video with a face and a speech, and the lips move with it.',
  ),
  cover: task(
    'кавер на песню',
    'cover of a song',
    'Вы присылаете песню, выбираете стиль и получаете её в новом звучании.',
    'You send a song, choose a style, and get it with a new sound.',
  ),
  'extend-music': task(
    'продолжение песни',
    'a longer song',
    'Вы присылаете песню и получаете её продолжение.',
    'You send a song and get it continued.',
  ),
  'add-instrumental': task(
    'музыка к голосу',
    'music for a voice',
    'Вы присылаете запись пения и получаете к ней музыку.',
    'You send a recording of singing and get music for it.',
  ),
  'add-vocals': task(
    'голос к музыке',
    'singing for music',
    'Вы присылаете музыку и слова и получаете песню.',
    'You send music and lyrics and get a song.',
  ),
  mashup: task(
    'две песни в одной',
    'two songs in one',
    'Вы присылаете две песни и получаете их сочетание.',
    'You send two songs and get them mixed.',
  ),
  'text-to-lyrics': task(
    'слова песни',
    'lyrics of a song',
    'Вы рассказываете, о чём песня, и получаете её слова.',
    'You tell what the song is about and get its lyrics.',
  ),
  'cover-picture': task(
    'обложка песни',
    'cover picture of a song',
    'Вы выбираете свою песню и получаете к ней обложку.',
    'You choose your song and get a cover picture.',
  ),
  'stem-separation': task(
    'голос и музыка отдельно',
    'voice and music apart',
    'Вы присылаете песню и получаете голос и музыку отдельно.',
    'You send a song and get its voice and music apart.',
  ),
}

/** What is said of a task that nobody has named, by what comes out. */
const byOutput: Readonly<Record<string, TaskWords>> = {
  image: task(
    'картинка',
    'picture',
    'Вы отвечаете на вопросы и получаете картинку.',
    'You answer the questions and get a picture.',
  ),
  video: task(
    'видео',
    'video',
    'Вы отвечаете на вопросы и получаете видео.',
    'You answer the questions and get a video.',
  ),
  audio: task(
    'звук',
    'sound',
    'Вы отвечаете на вопросы и получаете запись.',
    'You answer the questions and get a recording.',
  ),
  text: task(
    'текст',
    'text',
    'Вы отвечаете на вопросы и получаете текст.',
    'You answer the questions and get a text.',
  ),
}

/** Whether a task has words of its own. */
export const isNamedTask = (name: string): boolean => name in tasks

/** What a model does: its own words, those of its task, or what comes out of it. */
export function taskWords({ words: own, task: name, output }: Model): TaskWords {
  const found = tasks[name] ?? byOutput[output] ?? (byOutput.image as TaskWords)
  return { does: own.does ?? found.does, summary: own.summary ?? found.summary }
}
