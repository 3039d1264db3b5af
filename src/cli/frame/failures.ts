/** Ways a command ends that are not a fault of the program; each has its exit code. */

/** The command line asks for something that makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What was asked for is not there, or not of this merchant and mode. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
}

/** The database or the running instance does not answer. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}
