// Two fingers on the picture: they zoom it and move it, and no page scrolls meanwhile.

// Distance and middle of two touches.
export function span([one, two]) {
  return {
    length: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
    clientX: (one.clientX + two.clientX) / 2,
    clientY: (one.clientY + two.clientY) / 2,
  };
}

export class Pinch {
  constructor(viewer) {
    this.viewer = viewer;
    this.last = null;
    const heed = (event) => this.heed(event);
    for (const name of ['touchstart', 'touchmove', 'touchend', 'touchcancel']) {
      viewer.frame.addEventListener(name, heed, { passive: false });
    }
  }

  heed(event) {
    const { viewer, last } = this;
    const two = event.touches.length === 2 && Boolean(viewer.shown);
    this.last = two ? span(event.touches) : null;
    viewer.pinching = two;
    if (!two) return;
    event.preventDefault();
    if (!last || event.type !== 'touchmove') return;
    viewer.zoomBy(this.last.length / Math.max(1, last.length), this.last);
    viewer.pan({ x: last.clientX, y: last.clientY, at: viewer.middle() }, this.last);
  }
}
