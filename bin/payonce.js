#!/usr/bin/env node
// An older Node cannot read the files below at all, so this one is plain JavaScript and says so in words.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 22)) {
  console.error(
    `Payonce needs Node 22.22 or newer, and this is ${process.versions.node}. npx payonce takes the one that comes with it.`,
  )
  process.exitCode = 1
} else {
  const { runCommandLine } = await import('../src/cli/payonce.ts')
  // The app is loaded only to be started: every other command answers sooner without it.
  process.exitCode = await runCommandLine(process.argv.slice(2), async (role, environment) => {
    const { start } = await import('../src/main.ts')
    return start(role, environment)
  })
}
