#!/usr/bin/env node
import { runCommand } from '../src/cli/payonce.ts'

// Commands other than `start` do without the server, and a health check every few seconds must cost little.
const start = async (argv) => (await import('../src/main.ts')).main(argv)
process.exitCode = await runCommand(process.argv.slice(2), start)
