import type { UserScreen } from '../../contract.ts'
import { type Piece, telegramPieces } from '../lib/telegram-html.ts'

type ButtonEvent = { type: string } & Record<string, unknown>

/**
 * A screen of the bot as the user had it in the chat; `tapped` marks the button they pressed next.
 * With `onPress` its buttons can be pressed.
 */
export function TelegramScreen({
  screen,
  tapped,
  onPress,
}: {
  screen: UserScreen
  tapped?: ButtonEvent | null
  onPress?: (event: ButtonEvent) => void
}) {
  const wanted = tapped ? signature(tapped) : null
  return (
    <figure class="telegram">
      <div class="bubble">{telegramPieces(screen.text).map(draw)}</div>
      {screen.keyboard.map((row, i) => (
        <div class="keys" key={i}>
          {row.map(({ label, event }) => {
            const pressed = wanted !== null && signature(event) === wanted
            if (onPress) {
              return (
                <button key={label} type="button" class="key" onClick={() => onPress(event)}>
                  {label}
                </button>
              )
            }
            return (
              <span key={label} class={pressed ? 'key pressed' : 'key'} title={event.type}>
                {label}
                {pressed && <span class="sr"> (pressed next)</span>}
              </span>
            )
          })}
        </div>
      ))}
    </figure>
  )
}

/** An event without what the engine stamps on it. */
const signature = ({ at: _at, rnd: _rnd, ...event }: ButtonEvent) =>
  JSON.stringify(Object.entries(event).sort(([a], [b]) => a.localeCompare(b)))

function draw(piece: Piece, index: number) {
  if (typeof piece === 'string') return piece
  const inside = piece.inside.map(draw)
  switch (piece.tag) {
    case 'b':
      return <b key={index}>{inside}</b>
    case 'i':
      return <i key={index}>{inside}</i>
    case 'u':
      return <u key={index}>{inside}</u>
    case 's':
      return <s key={index}>{inside}</s>
    case 'code':
      return <code key={index}>{inside}</code>
    case 'pre':
      return <pre key={index}>{inside}</pre>
    case 'blockquote':
      return <blockquote key={index}>{inside}</blockquote>
    // A link of a message leads out of the console: it is shown, not followed.
    case 'a':
      return (
        <u key={index} title={piece.href}>
          {inside}
        </u>
      )
    case 'spoiler':
      return (
        <span key={index} class="spoiler">
          {inside}
        </span>
      )
  }
}
