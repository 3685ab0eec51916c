(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const groups = all(".group").map((element) => ({
    element,
    id: element.dataset.group,
    tiles: [...element.querySelectorAll(".tile")].map((tile) => ({ tile, text: "" })),
  }));
  const bars = all(".bar"), search = one(".search"), everything = one(".all"), left = one(".tools .left");
  const total = groups.reduce((sum, group) => sum + group.tiles.length, 0);
  const chosen = new Set();
  let known = false, timer = 0;

  function filter() {
    const words = search.value.trim().toLowerCase();
    if (words && !known) {
      groups.forEach((group) => group.tiles.forEach((t) => (t.text = t.tile.textContent.toLowerCase())));
      known = true;
    }
    let count = 0;
    for (const group of groups) {
      const wanted = !chosen.size || chosen.has(group.id);
      let inside = 0;
      for (const { tile, text } of group.tiles) {
        const fits = !words || text.includes(words);
        tile.hidden = !fits;
        inside += fits;
      }
      group.element.hidden = !wanted || (words !== "" && !inside);
      if (!group.element.hidden) count += inside;
    }
    bars.forEach((bar) => bar.setAttribute("aria-pressed", String(chosen.has(bar.dataset.group))));
    everything.hidden = !chosen.size;
    one(".nothing").hidden = groups.some((group) => !group.element.hidden);
    left.textContent = count === total ? "" : `${count.toLocaleString("en")} of ${total.toLocaleString("en")} shown`;
  }
  bars.forEach((bar) =>
    bar.addEventListener("click", () => {
      const id = bar.dataset.group;
      chosen.has(id) ? chosen.delete(id) : chosen.add(id);
      filter();
    }),
  );
  everything.addEventListener("click", () => (chosen.clear(), filter()));
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 120);
  });
  one(".boxes")?.addEventListener("change", (event) => document.body.classList.toggle("bare", !event.target.checked));
  document.documentElement.classList.add("live");
  filter();
})();
