/**
 * Rows as one JSON parameter for `json_to_recordset`: one parameter whatever the number of rows, and amounts as
 * text, so that no bigint passes through a double. A replacer function would cost three times as much.
 */
export function rowsParameter(rows: readonly object[]): string {
  return JSON.stringify(rows.map(withTextAmounts))
}

/** The same value, or a copy whose amounts are text, however deep they lie. */
function withTextAmounts(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(withTextAmounts)
  const object = value as Record<string, unknown>
  let copy: Record<string, unknown> | undefined
  for (const key in object) {
    const member = object[key]
    const text = withTextAmounts(member)
    if (text === member) continue
    copy ??= { ...object }
    copy[key] = text
  }
  return copy ?? object
}
