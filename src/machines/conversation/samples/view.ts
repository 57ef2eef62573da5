import type { View } from '../screens/screen.ts'
import { IMPROVEMENTS } from '../wish/improvement.ts'

/** Settings to draw screens with where no process has any: in docs and in the simulator. */
export const SAMPLE_VIEW: View = {
  rates: { usdRubRate: 78.57, markup: 2 },
  support: '@support',
  improvements: IMPROVEMENTS,
  topup: { starsPerRub: 1.6, giftPercent: 10, manualDetails: 'Card 0000 0000 0000 0000' },
  kept: {
    journal: 30,
    orderWords: 180,
    results: 400,
    letters: 180,
    erasedMarks: 400,
    broadcasts: 180,
  },
}
