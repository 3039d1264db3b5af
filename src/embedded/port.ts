import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { type DataFolder, isErrorCode, writeDataFile } from './data-folder.ts'

/** The port of the last start if it is free (so that a noted address stays true), else any. */
export async function choosePort(folder: DataFolder): Promise<number> {
  const last = await readLastPort(folder)
  const port = (last === undefined ? undefined : await tryPort(last)) ?? (await tryPort(0))
  if (port === undefined) throw new Error('No free port on 127.0.0.1 for the embedded PostgreSQL.')
  if (port !== last) await writeDataFile(folder, folder.port, `${port}\n`)
  return port
}

async function readLastPort(folder: DataFolder): Promise<number | undefined> {
  try {
    const port = Number(await readFile(folder.port, 'utf8'))
    return Number.isSafeInteger(port) && port > 0 && port < 65_536 ? port : undefined
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined
    throw error
  }
}

export type ReservedPort = { port: number; release(): Promise<void> }

/** `wanted` if it is free on this machine's own address, else any; nobody else gets it until it is released. */
export async function reservePort(wanted: number): Promise<ReservedPort> {
  const reserved = (await listenOn(wanted)) ?? (await listenOn(0))
  if (reserved === undefined) throw new Error('No free port on 127.0.0.1.')
  return reserved
}

async function tryPort(port: number): Promise<number | undefined> {
  const reserved = await listenOn(port)
  await reserved?.release()
  return reserved?.port
}

async function listenOn(port: number): Promise<ReservedPort | undefined> {
  const server = createServer()
  const bound = await new Promise<number | undefined>((resolve, reject) => {
    server.once('error', (error) => {
      if (isErrorCode(error, 'EADDRINUSE') || isErrorCode(error, 'EACCES')) resolve(undefined)
      else reject(error)
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : undefined)
    })
  })
  if (bound === undefined) return undefined
  return { port: bound, release: () => new Promise((resolve) => server.close(() => resolve())) }
}
