// A question that depends on a choice of the same page is hidden until that choice is made.
for (const box of document.querySelectorAll('[data-portal-when]')) foldUnlessAsked(box);

function foldUnlessAsked(box) {
  const asked = box.dataset.portalValues.split('|');
  const choices = document.querySelectorAll(`[name="${CSS.escape(box.dataset.portalWhen)}"]`);
  const fold = () => {
    const chosen = [...choices].filter((c) => c.tagName === 'SELECT' || c.checked).map((c) => c.value);
    box.hidden = !chosen.some((value) => asked.includes(value));
  };
  for (const c of choices) c.addEventListener('change', fold);
  fold();
}

