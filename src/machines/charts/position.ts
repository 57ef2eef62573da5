import type { Chart } from './chart.ts'
import { textWidth } from './text-width.ts'
import type { View, ViewEdge, ViewLine, ViewState } from './view.ts'
import { lineText } from './words.ts'

/** In pixels, from the top left corner of the picture. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

export type Point = readonly [x: number, y: number]

/** A view with the place of everything in it. */
export interface PositionedView extends View {
  width: number
  height: number
  states: readonly (ViewState & Box)[]
  edges: readonly (ViewEdge & { points: readonly Point[]; label: Box })[]
  /** The arrows to the states to begin with. */
  starts: readonly { parent: string; dot: Point; points: readonly Point[] }[]
  /** Longer rows are cut; absent: at the usual length. */
  rowLetters?: number
  /** Words that stand by themselves. */
  captions?: readonly { x: number; y: number; text: string }[]
}

/**
 * A chart with all its views, made by `npm run charts`. `overview`: all compounds closed; `full`:
 * all open; by the id of a compound: that one and those around it open. All but `full` are bare where
 * labels would make them wider than a page.
 */
export interface PositionedChart {
  chart: Chart
  views: Readonly<Record<string, PositionedView>>
}

/** Measures that layout and drawing share, in pixels. */
export const SIZES = {
  /** Height of a state's title. */
  title: 28,
  row: 17,
  /** Space below the last row. */
  foot: 6,
  /** Height of a label's line, and the space above and below its lines together. */
  line: 16,
  linePadding: 5,
  /** Between the border of a state and its text. */
  inset: 12,
  /** Width of the button that opens or closes a compound. */
  toggle: 30,
  /** Width of the number of ways in that have no arrows. */
  common: 26,
  history: 26,
  dot: 10,
  /** Size of letters in titles, and in labels and rows: nothing that is to be read is smaller than 11. */
  titleLetters: 13,
  /** In bare views, which are seen at four fifths of their size. */
  bareLetters: 14,
  letters: 11.5,
} as const

/** Room for the lines of an arrow's label. */
export const labelSize = (lines: readonly ViewLine[]): { width: number; height: number } => ({
  width: Math.max(...lines.map((line) => textWidth(lineText(line), SIZES.letters))) + 18,
  height: lines.length * SIZES.line + SIZES.linePadding,
})

/** Height of a state without what is in it. */
export const headHeight = (rows: number): number =>
  SIZES.title + (rows === 0 ? 0 : rows * SIZES.row + SIZES.foot)
