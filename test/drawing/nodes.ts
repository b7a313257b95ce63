import type { Scene, SceneNode } from '../../src/drawing/scene.js'

/** A node of a scene; everything but its name has a default. */
export function node(id: string, facts: Partial<SceneNode> = {}): SceneNode {
  return {
    id,
    functions: [id],
    kind: 'function',
    devices: 1,
    link: null,
    name: id,
    what: 'Ethernet',
    facts: 'igb · group 1',
    acs: null,
    mark: null,
    alert: null,
    owner: null,
    asked: false,
    description: id,
    children: [],
    hidden: 0,
    ...facts,
  }
}

/** A scene with one root bus. */
export function sceneOf(nodes: readonly SceneNode[], rest: Partial<Scene> = {}): Scene {
  return {
    roots: [{ title: 'Root bus 0000:00', nodes }],
    groups: [],
    sets: [],
    passages: [],
    ...rest,
  }
}
