// The installation keeps no pages for reading without a line: what was kept is forgotten, and this worker ends.
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith('portal-')) await caches.delete(name)
  await self.registration.unregister()
})()))
