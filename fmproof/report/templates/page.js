(() => {
  "use strict";
  const steps = [...document.querySelectorAll(".step")];
  const all = [...document.querySelectorAll("main details")];
  const said = document.querySelector(".tools output");
  let at = -1;

  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  };

  const copy = async (latex, made) => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(latex);
    } catch {
      const area = document.createElement("textarea");
      area.value = latex;
      document.body.append(area);
      area.select();
      copied = document.execCommand("copy");
      area.remove();
    }
    said.textContent = copied ? "copied as LaTeX" : "this browser does not let pages copy";
    if (made) {
      made.textContent = copied ? "copied" : "not copied";
      setTimeout(() => { made.textContent = "copy as LaTeX"; }, 1500);
    }
  };

  const lineBefore = (step) => {
    const other = step.previousElementSibling;
    return other && other.matches(".step, .start") ? other : null;
  };

  const go = (to) => {
    document.querySelectorAll(".current, .before").forEach(
      (e) => e.classList.remove("current", "before"));
    at = to;
    if (at < 0 || at >= steps.length) {
      at = -1;
      said.textContent = "";
      return;
    }
    const step = steps[at];
    step.classList.add("current");
    lineBefore(step)?.classList.add("before");
    step.querySelector("summary").focus({ preventScroll: true });
    step.scrollIntoView({ block: "center" });
    said.textContent = `step ${step.dataset.step}: ${step.dataset.rule}`;
  };

  const expand = () => {
    const closed = all.some((d) => !d.open);
    all.forEach((d) => { d.open = closed; });
    expander.textContent = closed ? "collapse all" : "expand all";
  };

  const expander = button("expand all", expand);
  document.querySelector(".tools .buttons").append(
    button("◂ step", () => go(at < 0 ? steps.length - 1 : at - 1)),
    button("step ▸", () => go(at + 1)),
    expander);
  document.querySelector(".tools").hidden = false;
  document.querySelectorAll("[data-latex]").forEach((e) => {
    const made = button("copy as LaTeX", () => copy(e.dataset.latex, made));
    made.className = "copy";
    (e.querySelector(".body") ?? e).append(made);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.key === "n" || event.key === "j") go(at + 1);
    else if (event.key === "p" || event.key === "k") go(at < 0 ? steps.length - 1 : at - 1);
    else if (event.key === "e") expand();
    else if (event.key === "o" && at >= 0) steps[at].open = !steps[at].open;
    else if (event.key === "c" && at >= 0) copy(steps[at].dataset.latex);
    else if (event.key === "Escape") go(-1);
    else return;
    event.preventDefault();
  });

  const show = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details")) target.open = true;
  };
  addEventListener("hashchange", show);
  show();
})();
