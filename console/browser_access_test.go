package console_test

// readable says what of the faults the page has that is shown.
func (b *browser) readable(page string) {
	b.t.Helper()
	if found := eval[[]string](b, faults); len(found) > 0 {
		b.t.Errorf("%s: %q", page, found)
	}
}

// faults is JavaScript that says what on a page somebody could not read or would not
// know the name of: a control without a label, text with less contrast than WCAG 2.2
// asks for (1.4.3, level AA), a heading that leaves out a level, an id that stands twice.
const faults = `(() => {
  const found = [];
  const visible = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.unseen, .skip'));
  const says = (e) => e.tagName.toLowerCase() + ' ' + (e.textContent.trim() || e.outerHTML).slice(0, 40);
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).slice(0, 3).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return light(color);
    }
    return 1;
  };
  for (const e of visible) {
    if (e.matches('a, button, input, select') && !(e.labels?.length || e.ariaLabel || (!e.matches('input, select') && e.textContent.trim()))) found.push('no name: ' + says(e));
    if (e.matches(':disabled, option') || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), size = parseFloat(style.fontSize);
    const [dark, bright] = [light(e instanceof SVGElement ? style.fill : style.color), behind(e)].sort((a, b) => a - b);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if ((bright + 0.05) / (dark + 0.05) < least) found.push(((bright + 0.05) / (dark + 0.05)).toFixed(2) + ' contrast: ' + says(e));
  }
  const headings = visible.filter((e) => e.matches('h1, h2, h3, h4')).map((e) => Number(e.tagName[1]));
  if (headings[0] !== 1 || headings.some((level, i) => i && level > headings[i - 1] + 1)) found.push('headings: ' + headings);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push('twice: ' + id);
  return found;
})()`
