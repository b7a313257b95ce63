/** Loads cli-table3 when the first table is drawn with it (`src/text/table.ts`), not with the module that may need it. */
export const lateTable = {
  name: 'late-table',
  setup(build) {
    build.onLoad({ filter: /\/node_modules\/cli-table3\/index\.js$/ }, () => ({
      contents: `module.exports = class { constructor(options) { return new (require('./src/table'))(options) } }`,
    }))
  },
}
