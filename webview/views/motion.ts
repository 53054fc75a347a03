/** Whether the system asks for less motion. */
import { useEffect, useState } from 'preact/hooks';

const QUERY = '(prefers-reduced-motion: reduce)';

/** Editors mark their pages as well: VS Code has a setting of its own. */
const asked = (): boolean =>
  window.matchMedia(QUERY).matches || document.body.classList.contains('vscode-reduce-motion');

export function useReducedMotion(): boolean {
  const [reduced, set] = useState(asked);
  useEffect(() => {
    const media = window.matchMedia(QUERY);
    const follow = () => {
      set(asked());
    };
    const observer = new MutationObserver(follow);
    media.addEventListener('change', follow);
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => {
      media.removeEventListener('change', follow);
      observer.disconnect();
    };
  }, []);
  return reduced;
}
