import { type Invariant, tell } from './invariant.ts'

/** Every row belongs to whom the account it came in through belongs to, and nobody else has any. */
export const ownersAgree: Invariant = {
  id: 'I12',
  title: 'nothing crosses from one merchant or mode to another',
  check: async ({ world }) => {
    const owned = await world.sql(`select c.table_name as name from information_schema.columns c
      join information_schema.columns m on m.table_schema = c.table_schema and m.table_name = c.table_name
        and m.column_name = 'livemode'
      join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
        and t.table_type = 'BASE TABLE'
      where c.table_schema = 'public' and c.column_name = 'merchant_id' and c.table_name <> 'provider_accounts'
      order by 1`)
    const questions = owned.map(
      ({ name }) => `select '${name}' as "foreign row in", count(*)::int as count,
        (count(*) filter (where o.merchant_id is null))::int as foreign_count
        from ${name} t left join owner o on o.merchant_id = t.merchant_id and not t.livemode`,
    )
    const rows = await world.sql(
      `with owner as (select merchant_id from provider_accounts where is_environment) ${questions.join(' union all ')}`,
    )
    return {
      checked: rows.reduce((sum, row) => sum + row.count, 0),
      findings: tell(rows.filter((row) => row.foreign_count > 0)),
    }
  },
}
