// Makes `root` follow the step under the pointer, or the chosen one. `page` is told that a script is at work, and keys
// pressed in `keys` move from step to step.
function follow(root, page, keys) {
  const all = (selector) => [...root.querySelectorAll(selector)];
  const cards = all(".card"), stretches = all(".st"), lines = all(".ln"), marks = all("[data-found]");
  const where = root.querySelector(".where"), left = root.querySelector(".left");
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  let pinned = -1, timer = 0;

  function show(step) {
    root.classList.toggle("stepping", step >= 0);
    cards.forEach((card, i) => card.classList.toggle("now", i === step));
    const span = step >= 0 ? cards[step].dataset : {};
    stretches.forEach((s) => s.classList.toggle("now", numbers(s.dataset.steps).includes(step)));
    lines.forEach((l) => l.classList.toggle("now", step >= 0 && +l.dataset.line >= +span.line && +l.dataset.line <= +span.end));
    marks.forEach((m) => {
      const found = numbers(m.dataset.found).includes(step), looked = numbers(m.dataset.looked).includes(step);
      m.classList.toggle("on", found || looked);
      m.classList.toggle("asked", step >= 0 && looked && !found);
    });
    const line = lines.find((l) => l.classList.contains("now")), box = line && left.getBoundingClientRect();
    if (line && left.scrollHeight > left.clientHeight) {
      const place = line.getBoundingClientRect();
      if (place.bottom > box.bottom) left.scrollTop += place.bottom - box.bottom + 40;
      else if (place.top < box.top) left.scrollTop -= box.top - place.top + 40;
    }
    if (where) where.textContent = step < 0 ? "All steps" : `Step ${step + 1} of ${cards.length}`;
  }
  function pin(step, scroll) {
    pinned = Math.max(-1, Math.min(step, cards.length - 1));
    cards.forEach((card, i) => card.querySelector(".pick").setAttribute("aria-pressed", String(i === pinned)));
    show(pinned);
    if (scroll && pinned >= 0) cards[pinned].scrollIntoView({ block: "nearest", behavior: "smooth" });
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    root.querySelector(".play")?.classList.remove("playing");
    root.querySelector(".play")?.setAttribute("aria-label", "Play all steps");
  }
  function play() {
    if (timer) return stop();
    root.querySelector(".play").classList.add("playing");
    root.querySelector(".play").setAttribute("aria-label", "Stop");
    if (pinned >= cards.length - 1) pin(-1);
    pin(pinned + 1, true);
    timer = setInterval(() => (pinned >= cards.length - 1 ? stop() : pin(pinned + 1, true)), 1400);
  }
  cards.forEach((card, i) => {
    card.addEventListener("mouseenter", () => show(i));
    card.addEventListener("mouseleave", () => show(pinned));
    card.addEventListener("click", (event) => {
      if (event.target.closest("details, a") || String(getSelection())) return;
      stop();
      pin(pinned === i ? -1 : i);
    });
  });
  all(".dot").forEach((dot) => dot.addEventListener("click", () => (stop(), pin(+dot.dataset.step, true))));
  root.querySelector(".prev")?.addEventListener("click", () => (stop(), pin(pinned < 0 ? cards.length - 1 : pinned - 1, true)));
  root.querySelector(".next")?.addEventListener("click", () => (stop(), pin(pinned >= cards.length - 1 ? -1 : pinned + 1, true)));
  root.querySelector(".play")?.addEventListener("click", play);
  keys.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight" || event.key === "j") stop(), pin(pinned + 1, true);
    else if (event.key === "ArrowLeft" || event.key === "k") stop(), pin(pinned - 1, true);
    else if (event.key === "Escape") stop(), pin(-1);
    else return;
    event.preventDefault();
  });
  page.classList.add("live");
  show(-1);
}
