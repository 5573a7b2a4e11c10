// The menu of the navigation closes as people expect of one: by Escape, which leads back to its button, and by whatever is pressed or
// focused outside. Without this script it opens and closes by its button.
export function closeMenus () {
  for (const menu of document.querySelectorAll('[data-portal-menu]')) {
    const close = () => { menu.open = false }
    document.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || !menu.open || document.querySelector('dialog[open]')) return
      close()
      menu.querySelector('summary').focus()
    })
    for (const kind of ['pointerdown', 'focusin']) {
      document.addEventListener(kind, event => { if (!menu.contains(event.target)) close() })
    }
  }
}
