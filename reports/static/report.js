// The matrix's filter. The page is whole without it.
"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const rows = [...document.querySelectorAll("tr[data-words]")];
  const groups = [...new Set(rows.map(row => row.closest("tbody")))];
  const text = form.elements.namedItem("text");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const output = form.querySelector("output");
  const chosen = name => boxes.filter(box => box.name === name && box.checked).map(box => box.value);
  const apply = () => {
    const words = chosen("word"), levels = chosen("level");
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const has = row.dataset.words.split(" "), name = row.dataset.name;
      const fits = (!words.length || words.some(word => has.includes(word)))
        && (!levels.length || levels.includes(row.dataset.level))
        && wanted.every(part => name.includes(part));
      row.hidden = !fits;
      shown += fits;
    }
    for (const group of groups)
      group.hidden = !group.querySelector("tr[data-words]:not([hidden])");
    output.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} cases`;
  };
  form.addEventListener("input", apply);
  // The fields are reset only after this event, so it is done here: the rows follow at once.
  form.addEventListener("reset", event => {
    event.preventDefault();
    text.value = "";
    for (const box of boxes) box.checked = false;
    apply();
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.hidden = false;
  apply();
})();
