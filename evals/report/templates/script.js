(() => {
  const table = document.getElementById("all");
  if (!table) return;
  const find = document.getElementById("find");
  const show = document.getElementById("show");
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const fits = words.every((word) => text.includes(word)) && (!show.value || row.dataset.right === show.value);
      row.hidden = !fits;
      shown += fits;
    }
    document.getElementById("count").textContent = `${shown} of ${rows.length} cases`;
  };
  find.addEventListener("input", filter);
  show.addEventListener("change", filter);
  filter();
})();
