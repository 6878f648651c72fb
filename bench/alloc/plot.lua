-- An SVG of dots: a row a program, a colour an allocator, time on the left and peak memory on the right, as ratios to glibc on a
-- logarithmic scale.  plot(rows, allocators) -> text.  rows: {label, strong = bool, time = {...}, memory = {...}}, one entry an allocator.
local colours = {rille = "#d62728", mimalloc = "#1f77b4", jemalloc = "#2ca02c", tcmalloc = "#9467bd"}
local spare = {"#8c564b", "#e377c2", "#7f7f7f", "#bcbd22"}

local ROW, LEFT, PANEL, GAP, TOP = 17, 150, 360, 40, 62
local LEAST, MOST = 1 / 8, 8 -- ratios at a panel's edges; what lies outside is drawn at the edge

local function x_of(panel, ratio)
  local bounded = math.max(LEAST, math.min(MOST, ratio))
  local left = LEFT + (panel - 1) * (PANEL + GAP)
  return left + PANEL * math.log(bounded / LEAST) / math.log(MOST / LEAST)
end

local function escape(text) return (text:gsub("[&<>]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"})) end

return function(rows, allocators)
  local parts = {}
  local function add(format, ...) parts[#parts + 1] = format:format(...) end
  local height = TOP + #rows * ROW + 30
  local bottom = TOP + #rows * ROW
  add('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">', LEFT + 2 * PANEL + GAP + 20, height)
  add('<rect width="100%%" height="100%%" fill="white"/>')
  local colour_of = {}
  for i, name in ipairs(allocators) do
    colour_of[i] = colours[name] or spare[(i - 1) % #spare + 1]
    local x = LEFT + (i - 1) * 90
    add('<circle cx="%d" cy="16" r="4.5" fill="%s"/><text x="%d" y="20">%s</text>', x, colour_of[i], x + 9, escape(name))
  end
  for panel, title in ipairs {"time, glibc = 1", "peak memory, glibc = 1"} do
    add('<text x="%.1f" y="42" font-weight="bold">%s</text>', x_of(panel, LEAST), title)
    for _, ratio in ipairs {0.125, 0.25, 0.5, 1, 2, 4, 8} do
      local x = x_of(panel, ratio)
      add('<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="%s"/>', x, x, TOP - 8, bottom, ratio == 1 and "#555" or "#ddd")
      add('<text x="%.1f" y="%d" text-anchor="middle" fill="#555">%g</text>', x, bottom + 14, ratio)
    end
  end
  for i, row in ipairs(rows) do
    local y = TOP + (i - 1) * ROW + 2
    if row.strong then add('<rect x="0" y="%d" width="100%%" height="%d" fill="#f2f2f2"/>', y - ROW // 2, ROW) end
    add('<text x="%d" y="%d" text-anchor="end"%s>%s</text>', LEFT - 14, y + 4, row.strong and ' font-weight="bold"' or "", escape(row.label))
    for panel, ratios in ipairs {row.time, row.memory} do
      for a in ipairs(allocators) do
        if ratios[a] then
          add('<circle cx="%.1f" cy="%d" r="4" fill="%s" fill-opacity="0.85"><title>%s %s: %.2f</title></circle>', x_of(panel, ratios[a]), y,
            colour_of[a], escape(row.label), escape(allocators[a]), ratios[a])
        end
      end
    end
  end
  add("</svg>")
  return table.concat(parts, "\n") .. "\n"
end
