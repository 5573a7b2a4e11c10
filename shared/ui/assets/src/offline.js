// Lets the browser keep this page, where the site offers that, and those that are read later (sw.js of the public site).
export function keepForLater () {
  if (!document.querySelector('[data-portal-offline]') || !navigator.serviceWorker) return
  const first = !navigator.serviceWorker.controller // otherwise the page came through the worker, which has kept it
  window.addEventListener('load', async () => {
    try {
      await navigator.serviceWorker.register('/sw.js')
      const { active } = await navigator.serviceWorker.ready
      if (first) active.postMessage('keep')
    } catch { // a browser that keeps nothing shows the page all the same
    }
  })
}
