// What the window's own parts do in the browser. Gradio calls each when its element is there.
window.sight = {
  bench(element, props, watch) {
    const mount = element.querySelector(".sight");
    const draw = () => {
      mount.innerHTML = props.value || "";
      const work = mount.querySelector(".work");
      if (work) follow(work, work, work);
    };
    watch("value", draw);
    draw();
  },
  fixed(element, props, watch) {
    const mount = element.querySelector(".sight");
    const draw = () => { mount.innerHTML = props.value || ""; };
    watch("value", draw);
    draw();
  },
  examples(element, trigger) {
    element.addEventListener("click", (event) => {
      const chosen = event.target.closest("button[data-example]");
      if (chosen) trigger("choose", { index: +chosen.dataset.example });
    });
  },
  save(name, kind, text) {
    if (!text) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
};
// Gradio's arrows beside a thought do what the thought itself does; they need no place of their own in the order of keys.
new MutationObserver(() => {
  document.querySelectorAll("#chat .arrow button:not([aria-hidden])").forEach((arrow) => {
    arrow.tabIndex = -1;
    arrow.setAttribute("aria-hidden", "true");
  });
  document.querySelector("#ask textarea:not([aria-label])")?.setAttribute("aria-label", "Your question");
}).observe(document.documentElement, { childList: true, subtree: true });
navigator.mediaDevices?.enumerateDevices().then((devices) => {
  if (devices.some((device) => device.kind === "videoinput")) document.documentElement.classList.add("has-camera");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelector("#ask .stop-button")?.click();
  document.querySelector("#badge")?.removeAttribute("open");
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("#badge")) document.querySelector("#badge")?.removeAttribute("open");
});
