import type pg from 'pg'

const sizes = `
  select c.relname as name, c.relkind = 'r' as is_table, c.reltuples::float8 as rows,
    pg_relation_size(c.oid)::float8 as bytes
  from pg_class c left join pg_index i on i.indexrelid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i') and pg_relation_size(c.oid) > 8e6
  order by coalesce(i.indrelid, c.oid)::regclass::text, is_table desc, bytes desc`

/** Every table and index above 8 MB: an index under its table. */
export async function printTableSizes(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{
    name: string
    is_table: boolean
    rows: number
    bytes: number
  }>(sizes)
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`.padStart(9)
  for (const { name, is_table, rows: count, bytes } of rows) {
    const label = is_table ? name : `    ${name}`
    const told = is_table ? `  ${(count / 1e6).toFixed(2)} million rows` : ''
    console.log(`${label.padEnd(48)} ${megabytes(bytes)}${told}`)
  }
  const all = rows.reduce((sum, { bytes }) => sum + bytes, 0)
  console.log(`${'together'.padEnd(48)} ${megabytes(all)}`)
}
