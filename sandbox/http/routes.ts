import type { Operation } from '../stripe/operation.ts'

export type FindOperation = (
  method: string,
  path: string,
) => { operation: Operation; id: string } | undefined

/** Paths have at most one id in them, so a table by shape is enough: `/v1/refunds/:id/cancel`. */
export function createRoutes(operations: readonly Operation[]): FindOperation {
  const byShape = new Map(operations.map((one) => [`${one.method} ${one.path}`, one]))
  return (method, path) => {
    const exact = byShape.get(`${method} ${path}`)
    if (exact !== undefined) return { operation: exact, id: '' }
    const [, version, objects, id, deed, ...more] = path.split('/')
    if (id === undefined || !/^\w+$/.test(id) || more.length > 0) return undefined
    const shape = `/${version}/${objects}/:id${deed === undefined ? '' : `/${deed}`}`
    const operation = byShape.get(`${method} ${shape}`)
    return operation === undefined ? undefined : { operation, id }
  }
}
