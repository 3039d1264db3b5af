import type { Figure } from '../report/figures.ts'
export async function measureP1(_isQuick: boolean): Promise<Figure[]> { return [] }
