/** What a command's exit code says, the same for every command. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodeMeanings: ReadonlyArray<readonly [ExitCode, string]> = [
  [0, 'done'],
  [1, 'it failed, or it found problems'],
  [2, 'the command line or the configuration is wrong; nothing was done'],
  [3, 'what was asked for is not there'],
  [4, 'the database or the running instance cannot be reached'],
  [130, 'interrupted by Ctrl-C or SIGTERM'],
]
