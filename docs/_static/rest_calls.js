// A box above the tables of REST calls: what is typed filters their rows. Without it the page is all there.
document.addEventListener("DOMContentLoaded", () => {
  const tables = [...document.querySelectorAll("table.rest-calls")];
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows]);
  const texts = rows.map((row) => row.textContent.toLowerCase());

  const box = document.createElement("p");
  box.className = "rest-search";
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = "name, path, parameter or words";
  input.setAttribute("aria-label", "search the calls");
  const count = document.createElement("span");
  count.setAttribute("role", "status");
  box.append(input, " ", count);

  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
    const hasRows = (part) => part.querySelector("tbody tr:not([hidden])") !== null;
    for (const table of tables) {
      const block = table.closest(".table-wrapper") ?? table; // what furo puts around a table
      block.hidden = !hasRows(table);
      const title = block.previousElementSibling;
      if (title?.classList.contains("rubric")) title.hidden = block.hidden;
      table.closest("section").hidden = !hasRows(table.closest("section"));
    }
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length}`;
  };
  input.addEventListener("input", filter);
  tables[0].closest("section").before(box);
  filter();
});
