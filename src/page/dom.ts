/** The element with an ID that the page's own frame has. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no element "${id}".`)
  return found
}

/** Width and height inside the padding of an element, in CSS pixels. */
export function roomOf(id: string): { readonly width: number; readonly height: number } {
  const place = byId(id)
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(place)
  return {
    width: place.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
    height: place.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom),
  }
}
