// However often something is asked for, it is done now and then. Pure.

/** Between two readings of a list that events have changed. */
export const NEXT_READING_MILLISECONDS = 2000;

/**
 * Calls `callback` at the first call, and once more after the pause when there were further ones.
 * @param {() => unknown} callback
 * @param {number} [milliseconds] the pause
 * @returns {() => void}
 */
export function throttled(callback, milliseconds = NEXT_READING_MILLISECONDS) {
  let isPausing = false;
  let isWanted = false;
  const act = () => {
    isPausing = true;
    isWanted = false;
    setTimeout(() => {
      isPausing = false;
      if (isWanted) act();
    }, milliseconds);
    callback();
  };
  return () => {
    isWanted = true;
    if (!isPausing) act();
  };
}
