"""What a page must keep to, so that it can be read on a phone, on a screen and on paper."""

from __future__ import annotations

MOST_BYTES = 300_000
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "screen": (1200, 900)}

# what of a page cannot be read: letters that are too small, and text that is cut off
UNREADABLE = """() => {
  const found = [];
  const wide = document.documentElement.clientWidth;
  const scrolls = document.documentElement.scrollWidth;
  if (scrolls > wide) found.push(`the page is ${scrolls} wide`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const of = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || of.closest('thead, script, title, desc')) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const text = `${walker.currentNode.data.trim().slice(0, 40)} in ${of.tagName}`;
    const scale = of.ownerSVGElement ? of.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(of).fontSize) * scale;
    if (size < 10) found.push(`${text}: ${size} px`);
    if (box.left < -0.5 || box.right > wide + 0.5) found.push(`${text}: from ${box.left} to ${box.right}`);
    for (let up = of; up !== document.body; up = up.parentElement) {
      const hides = up.ownerSVGElement === undefined || up.tagName === 'svg' ? getComputedStyle(up).overflowX : 'visible';
      const at = up.getBoundingClientRect();
      if ((hides !== 'visible' || up.id === 'what-if') && (box.left < at.left - 0.5 || box.right > at.right + 0.5))
        found.push(`${text}: cut by ${up.tagName}`);
    }
  }
  return found;
}"""
