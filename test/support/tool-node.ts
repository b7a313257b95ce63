/** The Node that starts the built tool: the one that runs this, unless another is to be tried (`npm run test:packages`). */
export const NODE = process.env['VFIO_RESET_NODE'] ?? process.execPath
