/**
 * One description of a table's columns, from which its select list, its upsert and its conversion come: a column
 * is named once, and its name is checked against the types generated from the schema.
 */
import type { Queryable } from './db.ts'
import { rowsParameter } from './rows-parameter.ts'
import type { DB } from './schema.ts'

export type Column<Name = string> = { name: Name; type: string; immutable?: boolean }

export type Table<Row extends object> = {
  /** `t.column as "field", ...` */
  selectList: string
  /** Amounts come from the driver as text. */
  toRow(raw: Row): Row
  upsert(tx: Queryable, rows: Row[]): Promise<void>
}

/** @param columns one per field of the row; `immutable` ones keep the value they were inserted with */
export function defineTable<Name extends keyof DB & string, Row extends { id: string }>(
  name: Name,
  columns: { [Field in keyof Row]: Column<keyof DB[Name] & string> },
): Table<Row> {
  const fields = Object.entries(columns) as [string, Column][]
  const bigints = fields.filter(([, { type }]) => type === 'bigint').map(([field]) => field)
  const updates = fields.filter(([field, column]) => field !== 'id' && !column.immutable)
  const upsertText = `insert into ${name} (${fields.map(([, column]) => column.name).join(', ')})
    select ${fields.map(([field]) => `r."${field}"`).join(', ')}
    from json_to_recordset($1) as r(${fields.map(([field, { type }]) => `"${field}" ${type}`).join(', ')})
    order by r.id
    on conflict (id) do update set ${updates.map(([, column]) => `${column.name} = excluded.${column.name}`).join(', ')}`
  return {
    selectList: fields
      .map(([field, { name: column, type }]) =>
        type === 'date' ? `t.${column}::text as "${field}"` : `t.${column} as "${field}"`,
      )
      .join(', '),
    toRow: (raw) => {
      const row = { ...raw } as Record<string, unknown>
      for (const field of bigints) row[field] = BigInt(row[field] as string)
      return row as Row
    },
    upsert: async (tx, rows) => {
      if (rows.length === 0) return
      await tx.query({ name: `${name}_upsert`, text: upsertText, values: [rowsParameter(rows)] })
    },
  }
}

/** The columns every domain row carries. */
export const owned = {
  merchantId: { name: 'merchant_id', type: 'text', immutable: true },
  livemode: { name: 'livemode', type: 'boolean', immutable: true },
  providerAccountId: { name: 'provider_account_id', type: 'text', immutable: true },
} as const
