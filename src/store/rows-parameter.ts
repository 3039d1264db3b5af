/**
 * Rows as one JSON parameter for `json_to_recordset`: one parameter whatever the number of rows, and amounts as
 * text, so that no bigint passes through a double.
 */
export function rowsParameter(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}
