import { titleById } from '../../labels/models.ts'
import { escapeHtml } from '../../texts/translate.ts'
import { elapsedMs, type TrackedJob } from '../context.ts'
import type { Wait } from '../events.ts'
import { asideRows, button, duration, lines, menuRow, type Scene, type Screen } from './screen.ts'

/** Without figures of its own a model is slow when any other would be. */
const LONG_MS = 15 * 60_000

const ROUGH_MS = 10_000

/** A time that is only usual has no odd seconds: up to the next ten of them. */
const roughly = (scene: Scene, ms: number): string =>
  duration(scene, Math.max(1, Math.ceil(ms / ROUGH_MS)) * ROUGH_MS)

/** The range that such orders took, in words; null: too few are known. */
export const usualText = (scene: Scene, usual: Wait['usual']): string | null => {
  if (usual === null) return null
  const [median, most] = [roughly(scene, usual.medianMs), roughly(scene, usual.p90Ms)]
  return median === most
    ? scene.t('run.usual', { median })
    : scene.t('run.usualUpTo', { median, most })
}

const stageText = (scene: Scene, { stage, wait }: TrackedJob): string => {
  if (stage === 'generating') return scene.t('run.generating')
  const place = wait?.place ?? null
  return place === null ? scene.t('run.queued') : scene.t('run.place', { place })
}

const isLate = (elapsed: number, wait: Wait | undefined): boolean =>
  elapsed > (wait?.usual?.p90Ms ?? LONG_MS)

const cancelButton = ({ t }: Scene, { id, wait }: TrackedJob, number = '') =>
  wait?.canCancel === true
    ? [button(`${t('run.cancel')}${number}`, { type: 'job.cancelled' as const, jobId: id })]
    : []

/** A job at work: stage, time so far, what is usual, and how many others there are. */
export function watchScreen(scene: Scene): Screen {
  const { t, context, language } = scene
  const job = context.tracked.find((j) => j.id === context.jobId)
  const elapsed = elapsedMs(context)
  const others = context.tracked.length - (job === undefined ? 0 : 1)
  return {
    text: lines(
      t('run.working'),
      job && `<b>${escapeHtml(titleById(job.modelId, language))}</b>`,
      '',
      job ? stageText(scene, job) : t('run.queued'),
      elapsed > 0 && t('run.elapsed', { time: duration(scene, elapsed) }),
      usualText(scene, job?.wait?.usual ?? null),
      others > 0 && t('run.others', { count: others }),
      '',
      t(isLate(elapsed, job?.wait) ? 'run.long' : 'run.stay'),
    ),
    keyboard: [
      ...(job ? [cancelButton(scene, job)] : []).filter((row) => row.length > 0),
      ...(others > 0 ? [[button(t('run.all'), { type: 'jobs.opened' as const })]] : []),
      menuRow(scene),
    ],
    transient: true,
  }
}

/** Jobs at work, oldest first. */
export function jobsScreen(scene: Scene): Screen {
  const { t, context, language } = scene
  const { tracked, seenAt } = context
  if (tracked.length === 0) return { text: t('jobs.none'), keyboard: asideRows(scene) }
  const rows = tracked.map((job, i) => {
    const elapsed = Math.max(0, seenAt - job.startedAt)
    const usual = usualText(scene, job.wait?.usual ?? null)
    return lines(
      t('jobs.row', {
        number: i + 1,
        model: titleById(job.modelId, language),
        stage: stageText(scene, job),
        time: duration(scene, elapsed),
      }),
      usual !== null && `   ${usual}`,
    )
  })
  return {
    text: lines(t('jobs.title'), '', ...rows, '', t('run.stay')),
    keyboard: [
      ...tracked
        .map((job, i) => cancelButton(scene, job, tracked.length > 1 ? ` ${i + 1}` : ''))
        .filter((row) => row.length > 0),
      [button(t('jobs.refresh'), { type: 'jobs.opened' })],
      ...asideRows(scene),
    ],
  }
}
