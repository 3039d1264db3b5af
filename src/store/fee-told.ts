/**
 * Whether the provider told the fee of a capture. The journal cannot say it: a fee of zero moves nothing and has no
 * entry. A balance transaction is a field of the charge's facts, named by its own id.
 * @param entry alias of the capture's journal entry
 */
export function feeToldSql(entry: string): string {
  return `exists (select from provider_objects o where o.provider_account_id = ${entry}.provider_account_id
    and o.kind = 'charge' and o.reference = ${entry}.reference
    and jsonb_path_exists(o.facts, '$.writes[*].fields.keyvalue() ? (@.key starts with "balance_transaction:")'))`
}
