// Keys for staff who work through many letters. Every act also works without this file.
"use strict";

(() => {
  const points = Array.from(document.querySelectorAll("[data-point]"));

  const typing = (target) =>
    target instanceof HTMLElement && target.closest("input:not([type=radio]), textarea, select") !== null;

  const current = () => points.findIndex((point) => point.contains(document.activeElement));

  const show = (point) => {
    if (!point) return;
    point.focus({ preventScroll: true });
    point.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const at = current();
    show(points[at < 0 ? 0 : Math.min(points.length - 1, Math.max(0, at + step))]);
  };

  const nextOpen = () => {
    const at = current();
    const open = points.filter((point) => point.hasAttribute("data-open"));
    const next = open.find((point) => points.indexOf(point) > at) || open[0];
    show(next);
    const field = next && next.querySelector("input[type=radio]");
    if (field) field.focus({ preventScroll: true });
  };

  // A number acts on the comment that is marked; where none is yet, it only marks the first open one.
  const assign = (key) => {
    const point = points[current()];
    if (point) point.querySelector(`button[data-key="${key}"], a[data-key="${key}"]`)?.click();
    else show(points.find((one) => one.classList.contains("is-open")));
  };

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    1: () => assign("1"),
    2: () => assign("2"),
    3: () => assign("3"),
    n: () => document.querySelector('a[data-key="n"]')?.click(),
    u: nextOpen,
  };

  // Keys without a modifier can be turned off: WCAG 2.1.4.
  const SETTING = "staff-keys";
  const off = () => localStorage.getItem(SETTING) === "off";
  for (const toggle of document.querySelectorAll("[data-keys]")) {
    const name = () => (toggle.textContent = off() ? toggle.dataset.off : toggle.dataset.on);
    toggle.hidden = false;
    name();
    toggle.addEventListener("click", () => {
      localStorage.setItem(SETTING, off() ? "on" : "off");
      name();
    });
  }

  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // After an act the page comes back at the comment that was acted on: the keys go on from there.
  const anchor = location.hash && document.getElementById(location.hash.slice(1));
  if (anchor && anchor.hasAttribute("data-point")) anchor.focus({ preventScroll: true });

  // A list does not send its form by itself: where it is all that is asked for, Enter does.
  document.addEventListener("keydown", (event) => {
    const list = event.target;
    if (event.key !== "Enter" || !(list instanceof HTMLSelectElement) || !list.hasAttribute("data-enter")) return;
    if (!list.value) return;
    event.preventDefault();
    list.form.requestSubmit();
  });

  // A double click must not send a form twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) return event.preventDefault();
    // Taking an act back returns to the comment that it was about.
    if (event.target.elements.audit) event.target.elements.back.value += location.hash;
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 3000);
  });
})();
