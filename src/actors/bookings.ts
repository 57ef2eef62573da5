import { z } from 'zod'
import { dbOf } from '../store/db.ts'
import { collectDebts } from '../store/debts.ts'
import { reserveFree, returnFree } from '../store/free.ts'
import { bookMovements, type Movement } from '../store/ledger.ts'
import { noteEarned } from '../store/referrals.ts'
import { declareBooking } from './engine/booking.ts'

const reserve = declareBooking({
  names: ['ledger.reserve'],
  params: z.object({
    jobId: z.string(),
    userId: z.int(),
    at: z.number(),
    credits: z.number(),
    limits: z
      .object({ daily: z.number(), hourly: z.number(), budgetCredits: z.number() })
      .nullable(),
  }),
  book: (client, wanted) =>
    reserveFree(
      dbOf(client),
      wanted.map(({ params }) => params),
    ),
})

const giveBack = declareBooking({
  names: ['ledger.return'],
  params: z.object({ jobId: z.string() }),
  book: (client, wanted) =>
    returnFree(
      dbOf(client),
      wanted.map(({ params }) => params.jobId),
    ),
})

/** Effects that move money, and the kind of entry that each makes. */
const KINDS = {
  'ledger.hold': 'hold',
  'ledger.capture': 'capture',
  'ledger.release': 'release',
  'ledger.cost': 'cost',
  'ledger.sale_undone': 'sale_undone',
  'ledger.top_up': 'top_up',
  'ledger.refund': 'refund',
  'ledger.refund_undone': 'refund_undone',
} as const satisfies Record<string, Movement['kind']>

type MovementName = keyof typeof KINDS

const movementSchema = z.object({
  userId: z.int(),
  ref: z.string(),
  kopecks: z.int(),
  madeBy: z.int().optional(),
  reason: z.string().optional(),
})

const toMovement = (type: MovementName, params: z.infer<typeof movementSchema>): Movement =>
  ({ kind: KINDS[type], ...params }) as Movement

const isMovement = (type: string): type is MovementName => Object.hasOwn(KINDS, type)

/** What an effect moves; none: it is no movement. */
export const movementsOf = ({ type, params }: { type: string; params: unknown }): Movement[] =>
  isMovement(type) ? [toMovement(type, movementSchema.parse(params))] : []

const move = declareBooking({
  names: Object.keys(KINDS) as MovementName[],
  params: movementSchema,
  async book(client, wanted) {
    const db = dbOf(client)
    const movements = wanted.map(({ type, params }) => toMovement(type, params))
    await bookMovements(db, movements)
    for (const { kind, userId, ref, kopecks } of movements) {
      if (kind === 'top_up') await collectDebts(db, { userId, ref, kopecks })
      if (kind === 'capture') await noteEarned(db, { userId, ref })
    }
  },
})

/** What is booked in the transaction of its step, in this order. */
export const bookings = [reserve, giveBack, move] as const

const BOOKED: ReadonlySet<string> = new Set(bookings.flatMap(({ names }) => [...names]))

/** Whether an effect is booked with its step instead of being queued. */
export const isBooked = ({ type }: { type: string }): boolean => BOOKED.has(type)
