import type pg from 'pg'
import type { FakeKie } from '../sandbox/kie/server.ts'
import type { FakeTelegram } from '../sandbox/telegram/server.ts'
import type { Draws } from './draws.ts'
import type { Fleet } from './fleet.ts'
import type { Front } from './front.ts'
import type { Incidents } from './incidents.ts'
import type { Person } from './person.ts'
import type { ChaosPostgres } from './postgres.ts'
import type { SmallDisk } from './small-disk.ts'

/** Everything that takes part in a run. */
export interface Stage {
  readonly seed: number
  readonly botMode: 'webhook' | 'polling'
  readonly telegram: FakeTelegram
  readonly kie: FakeKie
  readonly fleet: Fleet
  readonly front: Front
  readonly people: readonly Person[]
  readonly incidents: Incidents
  /** Pictures that may be sent. */
  readonly pictures: readonly Buffer[]
  /** As superuser, on a way that no fault touches. */
  readonly pool: pg.Pool
  /** Undefined: a database that others use too, whose server must not be hurt. */
  readonly postgres: ChaosPostgres | undefined
  /** Where the database is, if the scenario is about its room. */
  readonly disk: SmallDisk | undefined
  /** From now on every way to the database leads to this server. */
  pointTo(url: string): void
  /** Draws of one purpose, the same for the same seed. */
  draws(purpose: string): Draws
  log(line: string): void
}

export const BOT_ID = 700_000_777
/** Presses Start before anybody else, so that alarms arrive; plays with /admin. */
export const ADMIN_ID = 9_000
