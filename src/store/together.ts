/**
 * Statements given together: sent one behind the other without waiting for each answer, then awaited as one.
 *
 * The server runs them in the order given, so each sees what those before it wrote or locked. Once one has failed, it
 * refuses the rest of the transaction with 25P02, and these refusals arrive later: the failure that arrived first is
 * the cause, and it is what is thrown. All are waited for even so, because none may still be on its way when the
 * caller goes back to a savepoint or undoes the transaction.
 */
export async function together<const Work extends readonly Promise<unknown>[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const failures: unknown[] = []
  const noteFailure = (failure: unknown) => {
    failures.push(failure)
  }
  const answers = await Promise.all(work.map((one) => one.catch(noteFailure)))
  if (failures.length > 0) throw failures[0]
  return answers as { -readonly [Index in keyof Work]: Awaited<Work[Index]> }
}
