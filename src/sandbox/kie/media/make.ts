import type { ResultFile } from '../result-files.ts'
import type { Task, TaskResult } from '../task.ts'
import { makeFilm } from './film.ts'
import { encodeJpeg } from './jpeg.ts'
import { createKeeper } from './keeper.ts'
import { marked } from './mark.ts'
import { drawPoster, promptOf } from './poster.ts'
import { render } from './render.ts'
import { playTune } from './sound.ts'
import { playWav } from './wav.ts'

/** Raw macroblocks are bulky: films are 640 pixels long where pictures are 1024. */
const FILM_SCALE = 640 / 1024
const USUAL_SECONDS = 5
const MAX_SECONDS = 30

/** Makes what a task promises, stores the files and says where they are. */
export function createMediaMaker(deps: { put: (file: ResultFile) => string }) {
  return async (task: Task): Promise<TaskResult> => ({
    urls: (await filesOf(task)).map((file, i) => deps.put(named(file, `${task.taskId}/${i}`))),
    object: objectOf(task),
  })
}

/** To draw a picture and to encode it costs more than all else of an order in the sandbox. */
const keep = createKeeper<ResultFile>({
  mostBytes: 32 * 1024 * 1024,
  bytesOf: ({ bytes }) => bytes.length,
})

const named = (file: ResultFile, name: string): ResultFile => ({
  ...file,
  bytes: marked(file.bytes, file.mime, name),
})

async function filesOf(task: Task): Promise<readonly ResultFile[]> {
  switch (task.entry.output) {
    case 'image': {
      const count = picturesOf(task)
      const label = (i: number) => (count === 1 ? '' : `${i + 1}/${count}`)
      return Promise.all(Array.from({ length: count }, (_, i) => draw(task, label(i))))
    }
    case 'audio':
      return takesOf(task).map((take) => sound(task, promptOf(task) + take))
    case 'video':
      return [await film(task)]
    default:
      return []
  }
}

/** MP3, or WAV where that is asked for, or where a recording comes back cleaned. */
function sound(task: Task, text: string): ResultFile {
  const given = task.seconds.audio_url
  if (given === undefined && !/^pcm/.test(String(task.input.output_format)))
    return { bytes: playTune(text), mime: 'audio/mpeg', extension: 'mp3' }
  const seconds = given ?? Number(task.input.duration_seconds ?? USUAL_SECONDS)
  const bytes = playWav(text, Math.min(seconds, MAX_SECONDS))
  return { bytes, mime: 'audio/wav', extension: 'wav' }
}

function draw(task: Task, label: string): Promise<ResultFile> {
  const { svg } = drawPoster(task, label)
  const format = String(task.input.output_format ?? 'png')
  return keep([format, svg], () => encoded(svg, format))
}

async function encoded(svg: string, format: string): Promise<ResultFile> {
  const image = await render(svg)
  if (format !== 'jpeg' && format !== 'jpg')
    return { bytes: image.asPng(), mime: 'image/png', extension: 'png' }
  const bytes = await encodeJpeg({ rgba: image.pixels, width: image.width, height: image.height })
  return { bytes, mime: 'image/jpeg', extension: format }
}

function film(task: Task): Promise<ResultFile> {
  const { svg } = drawPoster(task, '', '16:9')
  const seconds = secondsOf(task)
  return keep(['mp4', svg, seconds], async () => {
    const image = await render(svg, FILM_SCALE)
    const still = { rgba: image.pixels, width: image.width, height: image.height }
    return { bytes: makeFilm(still, seconds), mime: 'video/mp4', extension: 'mp4' }
  })
}

/** As long as asked, by whichever field the model has for it. */
function secondsOf({ input }: Task): number {
  const frames = Number(input.num_frames) / Number(input.frames_per_second ?? 16)
  const seconds = Number(input.duration ?? input.n_frames ?? frames)
  return seconds > 0 ? Math.min(seconds, MAX_SECONDS) : USUAL_SECONDS
}

/** Grok makes two pictures per request (price text of October 2026), the others what is asked. */
function picturesOf({ entry, input }: Task): number {
  if (entry.id === 'grok-imagine/text-to-image') return 2
  return Number(input.num_images ?? input.max_images ?? 1)
}

/** One request for music makes two takes: https://docs.kie.ai/suno-api/generate-music. */
const takesOf = ({ entry }: Task) => (entry.category === 'music' ? ['', ' again'] : [''])

const SENTENCE = 'This is what was said in the recording.'
const SECONDS_PER_SENTENCE = 3

/** As many words as were said. */
const transcriptOf = ({ seconds }: Task): string =>
  Array(Math.max(1, Math.floor((seconds.audio_url ?? 0) / SECONDS_PER_SENTENCE)))
    .fill(SENTENCE)
    .join(' ')

/** Models that answer with words or ids instead of files. */
function objectOf(task: Task): Record<string, unknown> | undefined {
  if (task.entry.output === 'text') return { language_code: 'en', text: transcriptOf(task) }
  if (task.entry.output === 'character') return { character_id: task.taskId }
  return undefined
}
