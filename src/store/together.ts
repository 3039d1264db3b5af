/**
 * Statements given together: sent one behind the other without waiting for each answer, then awaited as one.
 *
 * The server runs them in the order given, so each sees what those before it wrote or locked. Once one has failed, it
 * refuses the rest of the transaction with 25P02. A refusal is never the cause, and may be heard of before it: what is
 * given together inside other work answers when all of it has. So the first failure that is no refusal is thrown. All
 * are waited for even so, because none may still be on its way when the caller goes back to a savepoint or undoes the
 * transaction.
 */
export async function together<const Work extends readonly Promise<unknown>[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const failures: unknown[] = []
  const noteFailure = (failure: unknown) => {
    failures.push(failure)
  }
  const answers = await Promise.all(work.map((one) => one.catch(noteFailure)))
  if (failures.length > 0) throw failures.find((failure) => !isRefusal(failure)) ?? failures[0]
  return answers as { -readonly [Index in keyof Work]: Awaited<Work[Index]> }
}

/** In a failed transaction; and, where one name is given twice, its text was refused before it could be prepared. */
const refusalStates = ['25P02', '26000']

function isRefusal(failure: unknown): boolean {
  return (
    failure instanceof Error && 'code' in failure && refusalStates.includes(String(failure.code))
  )
}
