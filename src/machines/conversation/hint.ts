import type { HintCode } from './context.ts'

/** The action that puts a remark above the screen: the chart says which. */
export const hint = (code: HintCode) => ({ type: 'hint', params: { code } }) as const
