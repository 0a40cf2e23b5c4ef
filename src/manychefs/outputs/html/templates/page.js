"use strict";
(() => {
  // A table can be sorted by each of its columns: by data-v where a cell has it, else by its words.
  const key = (row, index) => {
    const { dataset, textContent } = row.cells[index];
    return "v" in dataset ? Number(dataset.v) : textContent.trim().toLowerCase();
  };
  const compare = (one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));

  const sort = (table, head, index) => {
    const numbers = head.classList.contains("n");
    const before = head.getAttribute("aria-sort");
    const down = before ? before === "ascending" : numbers;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => [key(row, index), row]);
    rows.sort(([one], [other]) => (down ? compare(other, one) : compare(one, other)));
    table.tBodies[0].append(...rows.map(([, row]) => row));
    tell(table, `Sorted by ${head.innerText.trim().replace(/\s+/g, " ")}, ${down ? "largest or last" : "smallest or first"} first.`);
  };

  const tell = (inside, words) => {
    const status = inside.closest("section").querySelector(".status");
    if (status) status.textContent = words;
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      if (head.localName !== "th") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, index));
      head.append(button);
    });
  }

  // The class's table shows those whose name has the words, and who are as the list asks.
  const search = document.querySelector("#search");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  if (search) {
    const who = document.querySelector("#who");
    const rows = [...document.querySelectorAll(".map tbody tr")];
    const narrow = () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const name = plain(row.cells[0].textContent);
        row.hidden = !(words.every((word) => name.includes(word)) && row.dataset.is.split(" ").includes(who.value));
        shown += !row.hidden;
      }
      tell(search, `${shown} of ${rows.length} students shown.`);
    };
    search.addEventListener("input", narrow);
    who.addEventListener("input", narrow);
    document.querySelector(".tools").hidden = false;
  }

  // On paper nothing can be opened.
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
})();
