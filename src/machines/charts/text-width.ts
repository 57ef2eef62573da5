/**
 * Widths in a sans-serif font of the wider kind, as parts of its size. Fonts differ from machine to
 * machine, and a box that is a little too wide does no harm.
 */
const WIDTHS: readonly (readonly [string, number])[] = [
  ["ijl.,:;'|!", 0.32],
  ['ftrI()[]/ -', 0.43],
  ['mwMW@%—…', 0.95],
  ['ABCDEFGHJKLNOPQRSTUVXYZ&#+=<>_', 0.73],
]
const OTHERS = 0.62

/** Width of one line in pixels. */
export function textWidth(text: string, size: number): number {
  let width = 0
  for (const letter of text) {
    width += WIDTHS.find(([letters]) => letters.includes(letter))?.[1] ?? OTHERS
  }
  return Math.ceil(width * size)
}
