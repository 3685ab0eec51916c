(() => {
  const data = JSON.parse(document.getElementById("rows").textContent);
  const root = document.getElementById("table");
  const PAGE = 100, STATUS = ["answered", "abstained", "failed"];
  const KEYS = ["text", "status", "mark", "family", "reason", "sort"];
  const form = root.querySelector("form"), body = root.querySelector("tbody"), pager = root.querySelector(".pager");
  const found = root.querySelector(".found"), none = root.querySelector(".none"), all = root.querySelector(".all");
  const heads = [...root.querySelectorAll("th[data-sort]")];
  const columns = heads.map((head) => head.dataset.sort);
  const buttons = [...document.querySelectorAll("[data-set]")];
  const order = data.id.map((_, i) => i);
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const number = new Intl.NumberFormat("en");
  let state = { sort: "position", down: "", page: 0 }, hits = order, texts = null, timer = 0;

  const text = (i) => {
    texts ??= order.map((n) => `${data.id[n]}\n${data.question[n]}\n${data.answer[n]}\n${data.label[n]}`.toLowerCase());
    return texts[i];
  };
  const mark = (i) => (data.credit[i] === null ? "unjudged" : data.credit[i] >= 0.5 ? "right" : "wrong");
  const worth = {
    question: (i) => data.question[i],
    answer: (i) => data.answer[i],
    label: (i) => data.label[i],
    family: (i) => data.families[data.family[i]],
    credit: (i) => (data.credit[i] === null ? -1 : data.credit[i]),
    seconds: (i) => data.seconds[i],
  };

  function matching() {
    const words = (state.text || "").toLowerCase().split(/\s+/).filter(Boolean);
    return order.filter(
      (i) =>
        (!state.status || STATUS[data.status[i]] === state.status) &&
        (!state.mark || mark(i) === state.mark) &&
        (!state.family || data.family[i] === +state.family) &&
        (!state.reason || data.reason[i] === +state.reason) &&
        words.every((word) => text(i).includes(word)),
    );
  }
  function sorted(rows) {
    const by = worth[state.sort];
    if (by) {
      const compare = typeof by(0) === "number" ? (a, b) => by(a) - by(b) : (a, b) => collator.compare(by(a), by(b));
      rows.sort((a, b) => (state.down ? compare(b, a) : compare(a, b)) || a - b);
    } else if (state.down) rows.reverse();
    return rows;
  }

  const make = (tag, name, words) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (words !== undefined) element.textContent = words;
    return element;
  };
  const cells = {
    position(i) {
      const cell = make("td", "of-position");
      if (data.picture[i] >= 0) {
        const image = make("img");
        image.src = data.pictures[data.picture[i]];
        image.alt = "";
        cell.append(image);
      }
      return cell;
    },
    question(i) {
      const cell = make("th", "of-question");
      cell.scope = "row";
      const words = data.question[i] || "(no question)";
      const link = make(data.link[i] ? "a" : "span", "asked", words);
      if (data.link[i]) link.href = data.link[i];
      cell.append(link, make("small", "id", data.id[i]));
      return cell;
    },
    answer(i) {
      const status = STATUS[data.status[i]], cell = make("td", `of-answer ${status}`);
      if (status !== "answered") cell.append(make("b", "", status), " ");
      cell.append(make("span", "", data.answer[i] || "(an empty text)"));
      return cell;
    },
    label: (i) => make("td", "of-label", data.label[i]),
    credit(i) {
      const cell = make("td", "of-credit"), credit = data.credit[i];
      if (credit !== null) {
        const words = credit === 1 ? "✓" : credit === 0 ? "✗" : credit.toFixed(2).replace(/^0/, "");
        const sign = make("span", mark(i), words);
        sign.setAttribute("role", "img");
        sign.setAttribute("aria-label", credit === 1 ? "right" : credit === 0 ? "wrong" : `credit ${credit}`);
        cell.append(sign);
      }
      return cell;
    },
    family: (i) => make("td", "of-family", data.families[data.family[i]]),
    seconds: (i) => make("td", "of-seconds", data.time[i]),
  };

  function show() {
    const last = Math.max(0, Math.ceil(hits.length / PAGE) - 1);
    state.page = Math.min(Math.max(0, state.page), last);
    const begin = state.page * PAGE, rows = hits.slice(begin, begin + PAGE);
    body.replaceChildren(
      ...rows.map((i) => {
        const row = make("tr", mark(i));
        row.append(...columns.map((column) => cells[column](i)));
        return row;
      }),
    );
    none.hidden = hits.length > 0;
    pager.hidden = last === 0;
    pager.querySelector(".where").textContent = `${number.format(begin + 1)} to ${number.format(begin + rows.length)}`;
    pager.querySelector(".prev").disabled = state.page === 0;
    pager.querySelector(".next").disabled = state.page === last;
    const whole = hits.length === order.length;
    found.textContent = whole ? `${number.format(hits.length)} rows` : `${number.format(hits.length)} of ${number.format(order.length)} rows`;
    all.hidden = whole;
    for (const head of heads) {
      const here = head.dataset.sort === state.sort;
      if (here) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(state[button.dataset.set] === button.dataset.value));
    for (const key of KEYS) if (form.elements[key] && form.elements[key].value !== (state[key] || "")) form.elements[key].value = state[key] || "";
  }
  function update(changes, keep) {
    state = { ...state, page: 0, ...changes };
    if (!keep) hits = sorted(matching());
    show();
    const told = new URLSearchParams();
    for (const key of [...KEYS, "down", "page"]) {
      const value = state[key];
      if (value && !(key === "sort" && value === "position")) told.set(key, value);
    }
    history.replaceState(null, "", told.size ? `#${told}` : location.pathname + location.search);
  }
  function restore() {
    const told = new URLSearchParams(location.hash.slice(1));
    const changes = Object.fromEntries([...KEYS, "down"].map((key) => [key, told.get(key) || ""]));
    if (!columns.includes(changes.sort)) changes.sort = "position";
    update({ ...changes, page: Math.max(0, parseInt(told.get("page") || "0", 10) || 0) });
  }
  const turn = (by) => {
    const before = state.page;
    update({ page: state.page + by }, true);
    if (state.page !== before) root.scrollIntoView({ block: "start" });
  };
  const clear = () => update(Object.fromEntries(KEYS.filter((key) => key !== "sort").map((key) => [key, ""])));

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const { name, value } = event.target;
    clearTimeout(timer);
    if (name === "text") timer = setTimeout(() => update({ text: value }), 120);
    else update(name === "sort" ? { sort: value, down: value === "seconds" ? "1" : "" } : { [name]: value });
  });
  for (const button of buttons)
    button.addEventListener("click", () => {
      const { set, value } = button.dataset;
      update({ [set]: state[set] === value ? "" : value });
    });
  for (const head of heads)
    head.querySelector("button").addEventListener("click", () => {
      const sort = head.dataset.sort, again = state.sort === sort;
      update({ sort, down: again ? (state.down ? "" : "1") : sort === "seconds" ? "1" : "" });
    });
  all.addEventListener("click", clear);
  pager.querySelector(".prev").addEventListener("click", () => turn(-1));
  pager.querySelector(".next").addEventListener("click", () => turn(1));
  addEventListener("hashchange", restore);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.("input, select");
    if (event.key === "Escape") {
      clear();
      if (typing) typing.blur();
    } else if (typing) return;
    else if (event.key === "/") form.elements.text.focus();
    else if (event.key === "ArrowRight") turn(1);
    else if (event.key === "ArrowLeft") turn(-1);
    else if (event.key === "j" || event.key === "k") {
      const links = [...body.querySelectorAll("a")], now = links.indexOf(document.activeElement);
      links[Math.min(Math.max(now + (event.key === "j" ? 1 : -1), 0), links.length - 1)]?.focus();
    } else return;
    event.preventDefault();
  });
  document.documentElement.classList.add("live");
  restore();
})();
