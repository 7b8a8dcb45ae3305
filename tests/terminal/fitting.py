"""What must hold of every screen: targets of 20 mm, nothing cut, nothing outside, no complaint of the browser."""

from tests.terminal.screen import HEIGHT, WIDTH, Screen

DOTS_A_MILLIMETRE = WIDTH / 337.2
"""17 inch are 431.8 mm across; 5:4 makes 337.2 mm of width."""
LEAST_DOTS = 20 * DOTS_A_MILLIMETRE

_TARGETS = """
return [...document.querySelectorAll("button, a, label.tick, select, input:not([type=hidden]):not([type=checkbox])")]
  .filter(one => !one.closest(".demo") && one.checkVisibility() && one.id !== "pin")
  .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < arguments[0] || box.height < arguments[0]
    || box.left < 0 || box.right > innerWidth)
  .map(([text, box]) => `${text}: ${Math.round(box.width)} x ${Math.round(box.height)} at ${Math.round(box.left)}`);
"""
_CUT = """
return [...document.querySelectorAll("h1, p, button, dt, dd, label, small, span, header, footer, main")]
  .filter(one => one.checkVisibility() && !one.closest(".demo") && one.clientWidth > 1
    && (one.scrollWidth > one.clientWidth + 1) && getComputedStyle(one).display !== "inline")
  .map(one => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`);
"""
_OUTSIDE = "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"


def faults(screen: Screen) -> list[str]:
    """Everything that is too small, cut or outside on the present screen."""
    found = [f"target {one}" for one in screen.run(_TARGETS, LEAST_DOTS)]
    found += [f"cut {one}" for one in screen.run(_CUT)]
    width, height = screen.run(_OUTSIDE)
    return found if (width, height) <= (WIDTH, HEIGHT) else [*found, f"page {width} x {height}"]
