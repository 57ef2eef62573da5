import { defineCommand } from 'citty'
import { createPool } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'

export const migrateCommand = defineCommand({
  meta: {
    name: 'migrate',
    description: 'Bring the database of DATABASE_URL to the newest schema.',
  },
  async run() {
    const url = process.env.DATABASE_URL
    if (!url) {
      console.error('DATABASE_URL is missing: the database to migrate.')
      process.exit(1)
    }
    const pool = createPool({ url, max: 2, name: 'trt-migrate' })
    await migrate(pool)
    await pool.end()
    console.log('Database schema ready')
  },
})
