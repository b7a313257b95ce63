// The process that does the work; bin/run.js waits for it and may leave it behind (docs/adr/0007-a-process-to-leave-behind.md).
'use strict'

// When nothing is left to do, as in run.js.
process.on('beforeExit', () => process.exit())

const [wish, channel] = process.argv.splice(2, 2)
const root = require('node:path').join(__dirname, '..')
require('./load.js').loadMain(process.argv.slice(2)).startWatched(root, wish, Number(channel))
