/** Settings that fold away where they would stand above what they set. */

/** The width, in pixels, up to which settings and charts stand one above the other; as in the styles. */
const NARROW = 899;

export class Fold {
  /**
   * Side by side there is room for the settings; one above the other they start folded away. Only crossing
   * the border decides: whoever folds or unfolds them in between is left alone.
   *
   * @param {Element} place As wide as all that there is room for.
   * @param {HTMLDetailsElement} settings
   */
  constructor(place, settings) {
    let wide = false;
    this.observer = new ResizeObserver((entries) => {
      const width = entries.at(-1)?.contentRect.width ?? 0;
      // Without a width it is not shown: that is no border.
      if (width > 0 && width > NARROW !== wide) settings.open = wide = width > NARROW;
    });
    this.observer.observe(place);
  }

  dispose() {
    this.observer.disconnect();
  }
}
