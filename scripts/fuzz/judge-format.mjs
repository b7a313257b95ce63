/** What in a page, a drawing or a text came from a name and is markup there. */
export function judgeFormat(format, text) {
  return FORMATS[format](text).map(
    (part) => `${format} of a name: ${JSON.stringify(part.slice(0, 200))}`,
  )
}

const MARKUP = ['<img src', '</script><script>alert', '<script>alert']

const FORMATS = {
  html: (text) => MARKUP.filter((part) => text.includes(part)),
  svg: (text) => MARKUP.filter((part) => text.includes(part)),
  markdown,
  dot,
  mermaid: (text) => text.match(/^\s*click .*$|"\]:::x.*$/m) ?? [],
}

/** Prose alone: code is shown as it is, and comments are our own. What stands behind a backslash is none. */
function markdown(text) {
  const prose = text
    .replace(/^(`{3,})[\s\S]*?^\1`*$/gm, '')
    .replace(/(`+)[^`][\s\S]*?\1/g, '')
    .replace(/<!--[^>]*-->/g, '\u0000')
  return [/(?<!\\)@zqping/, /(?<!\\)<img src/, /(?<!\\)<script/, /(?<!\\)\]\(javascript/].flatMap(
    (pattern) => pattern.exec(prose)?.[0] ?? [],
  )
}

/** Outside of quoted texts and of labels in markup there is only what we wrote. */
function dot(text) {
  const rest = text.replace(/"(?:[^"\\]|\\.)*"/gs, '""').replace(/<[\s\S]*?>/g, '')
  return rest.match(/x\[label=.*|touch.*|\$\(.*/) ?? []
}
