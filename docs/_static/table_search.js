// A box that filters the rows of the searched tables in the section where it stands, and hides what has none left.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector(".table-search");
  const page = box.closest("section");
  const tables = [...page.querySelectorAll("table.searched")];
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const texts = rows.map((row) => row.textContent.toLowerCase());

  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = "search the tables: a name, or words";
  input.setAttribute("aria-label", "search the tables");
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  box.append(input, " ", count);

  const hasRows = (part) => part.querySelector("tbody tr:not([hidden])") !== null;
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
    for (const table of tables) {
      const whole = table.closest(".table-wrapper") ?? table;
      whole.hidden = !hasRows(table);
      const title = whole.previousElementSibling;
      if (title && title.classList.contains("rubric")) title.hidden = whole.hidden;
    }
    for (const section of new Set(tables.map((table) => table.closest("section")))) {
      if (section !== page) section.hidden = ![...section.querySelectorAll("table.searched")].some(hasRows);
    }
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  };
  input.addEventListener("input", filter);
  filter();
});
