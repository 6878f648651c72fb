-- A table of texts, written for the terminal or as Markdown. A grid is a list of rows, a row a list of texts; the first is the heading.
local grid = {}

function grid.text(rows)
  local widths, lines = {}, {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, utf8.len(cell)) end
  end
  for r, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local space = (" "):rep(widths[i] - utf8.len(cell))
      cells[i] = i == 1 and cell .. space or space .. cell
    end
    lines[r] = table.concat(cells, "  "):gsub(" +$", "") .. "\n"
  end
  return table.concat(lines)
end

-- The first column is set to the left, the others to the right.
function grid.markdown(rows)
  local lines = {}
  for r, row in ipairs(rows) do
    lines[#lines + 1] = "| " .. table.concat(row, " | ") .. " |\n"
    if r == 1 then lines[#lines + 1] = "|---|" .. ("---:|"):rep(#row - 1) .. "\n" end
  end
  return table.concat(lines)
end

return grid
