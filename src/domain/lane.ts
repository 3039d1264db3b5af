export const LANE_COUNT = 64

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/**
 * The lane of an ordering key: FNV-1a over its UTF-16 units. It is stored with every event, so the function
 * never changes; the least significant bits of FNV-1a are its best mixed ones.
 */
export function laneOf(orderingKey: string): number {
  let hash = FNV_OFFSET
  for (let index = 0; index < orderingKey.length; index++) {
    hash = Math.imul(hash ^ orderingKey.charCodeAt(index), FNV_PRIME)
  }
  return (hash >>> 0) % LANE_COUNT
}
