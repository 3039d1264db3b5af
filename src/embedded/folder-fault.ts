/** Ways in which the file system denies us a folder, each with what is so and what mends it. */
const faults: Record<string, { found: string; fix: string }> = {
  EACCES: {
    found: 'may not be used by this user',
    fix: 'Start as its owner, or give this user the right to write there',
  },
  EPERM: {
    found: 'may not be used by this user',
    fix: 'Start as its owner, or give this user the right to write there',
  },
  EROFS: { found: 'is on a disk that is mounted read-only', fix: 'Mount it writable' },
  ENOSPC: { found: 'has no space left', fix: 'Free or add space' },
  EEXIST: { found: 'is a file where a folder has to be', fix: 'Move the file away' },
  EISDIR: { found: 'has a folder where a file has to be', fix: 'Move that folder away' },
  ENOTDIR: { found: 'is a file where a folder has to be', fix: 'Move the file away' },
}

/** The error in words that name the folder and the setting; any other error comes back as it is. */
export function explainFolderFault(dataDir: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  const known = faults[String(error.code)]
  // A program that may not be executed says nothing about the folder.
  if (known === undefined || String(error.syscall).startsWith('spawn')) return error
  const at = 'path' in error && error.path !== dataDir ? ` ${error.path}` : ''
  return new Error(
    `The data folder ${dataDir} ${known.found} (${error.code}: ${error.syscall}${at}). ` +
      `${known.fix}, or set PAYONCE_DATA_DIR to another folder.`,
    { cause: error },
  )
}
