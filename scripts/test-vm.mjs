import { loadLab } from './load-lab.mjs'

const { lab, host } = await loadLab('main')
process.exitCode = await lab.main(process.argv.slice(2), host)
