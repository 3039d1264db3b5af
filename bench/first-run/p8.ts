import type { Figure } from '../report/figures.ts'
export async function measureP8(_isQuick: boolean): Promise<Figure[]> { return [] }
