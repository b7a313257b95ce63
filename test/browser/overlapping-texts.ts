/** Texts of a drawing (`#drawing`, or `#paper` while it is printed) that stand over another one, or under a box, a handle or a port's ACS. */
export function overlappingTexts(drawing: string): string[] {
  const boxes = [
    ...document.querySelectorAll(
      ['text', '.box', '.handle circle', '.acs rect'].map((each) => `${drawing} ${each}`).join(),
    ),
  ]
    .map((each) => ({ each, box: each.getBoundingClientRect() }))
    .sort((a, b) => a.box.top - b.box.top)
  const found: string[] = []
  boxes.forEach(({ each, box }, place) => {
    for (const { each: other, box: under } of boxes.slice(place + 1)) {
      // A line box is taller than the letters in it.
      if (under.top > box.bottom - 4) break
      const across = Math.min(box.right, under.right) - Math.max(box.left, under.left)
      const down = Math.min(box.bottom, under.bottom) - Math.max(box.top, under.top)
      const isOneMark = each.parentElement === other.parentElement && each.closest('.acs') !== null
      if (across > 1 && down > 4 && !isOneMark)
        found.push(`${each.textContent} / ${other.textContent}`)
    }
  })
  return found
}
