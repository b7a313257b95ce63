// The process that does the work; bin/run.js waits for it and may leave it behind (docs/adr/0007-a-process-to-leave-behind.md).
'use strict'

const [wish, channel] = process.argv.splice(2, 2)
require('../dist/main.cjs').startWatched(
  require('node:path').join(__dirname, '..'),
  wish,
  Number(channel),
)
