/** An error as a log line shows it. It never goes to a client. */
export type DescribedError = {
  type: string
  code?: string
  message: string
  stack?: string
  cause?: DescribedError
}

const CAUSE_DEPTH_MAX = 4

export function describeError(
  error: unknown,
  options: { withStack: boolean; depth?: number },
): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { withStack, depth = 0 } = options
  const goesDeeper = error.cause !== undefined && depth < CAUSE_DEPTH_MAX
  return {
    type: error.name,
    ...('code' in error && { code: String(error.code) }),
    message: error.message,
    ...(withStack && error.stack !== undefined && { stack: error.stack }),
    ...(goesDeeper && { cause: describeError(error.cause, { withStack, depth: depth + 1 }) }),
  }
}
