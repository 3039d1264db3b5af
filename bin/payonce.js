#!/usr/bin/env node
import { runCommand } from '../src/cli/payonce.ts'
import { main } from '../src/main.ts'

process.exitCode = await runCommand(process.argv.slice(2), main)
