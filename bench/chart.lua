-- Bar charts of ratios, as SVG. The axis is logarithmic and bars start at 1: to the left is less, to the right is more.
--
--   chart.draw {title =, subtitle =, series = {name, ...}, panels = {{title =, groups = {{name =, values = {number or false, ...}}, ...}}, ...}}
--
-- gives the text of the file. Panels stand beside one another and have the same groups; a group has a value for each series, false where
-- there is none. A group with `is_strong` is set apart (a mean).
local chart = {}

local COLOURS <const> = {"#c2410c", "#1d4ed8", "#0f766e", "#a16207", "#7e22ce", "#be185d", "#4d7c0f", "#334155"}
local BAR <const>, GAP <const>, LABELS <const>, PANEL <const>, MARGIN <const>, HEAD <const> = 7, 7, 150, 430, 24, 74

local function escaped(text) return (text:gsub("[&<>]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;"})) end

local Drawing = {}
Drawing.__index = Drawing

function Drawing:add(format, ...) self[#self + 1] = string.format(format, ...) end

function Drawing:text(x, y, class, text) self:add('<text x="%.1f" y="%.1f" class="%s">%s</text>', x, y, class, escaped(text)) end

function Drawing:line(x1, y1, x2, y2, class) self:add('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>', x1, y1, x2, y2, class) end

-- The powers of two between which all values lie, 1 among them.
local function bounds(panel)
  local low, high = 0, 0
  for _, group in ipairs(panel.groups) do
    for _, value in ipairs(group.values) do
      if value then
        local exponent = math.log(value, 2)
        low, high = math.min(low, math.floor(exponent)), math.max(high, math.ceil(exponent))
      end
    end
  end
  return low, math.max(high, low + 1)
end

local function tick_text(exponent) return exponent >= 0 and string.format("%d", 1 << exponent) or string.format("1/%d", 1 << -exponent) end

local function height_of(group) return #group.values * BAR + GAP + (group.is_strong and GAP or 0) end

local function draw_axis(drawing, panel, x, bottom, position, low, high)
  drawing:text(x, HEAD - 22, "panel", panel.title)
  for exponent = low, high do
    drawing:line(position(exponent), HEAD, position(exponent), bottom, exponent == 0 and "one" or "grid")
    drawing:text(position(exponent), HEAD - 6, "tick", tick_text(exponent))
  end
end

local function draw_bar(drawing, y, colour, value, position)
  local zero, exponent = position(0), math.log(value, 2)
  local at = position(exponent)
  drawing:add('<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>', math.min(zero, at), y, math.max(math.abs(at - zero), 0.8), BAR - 1, colour)
  drawing:text(exponent < 0 and at - 3 or at + 3, y + BAR - 1.5, exponent < 0 and "value left" or "value", string.format("%.2f", value))
end

local function draw_panel(drawing, panel, x, bottom)
  local low, high = bounds(panel)
  local room = 26 -- for the figures beyond the longest bars
  local function position(exponent) return x + room + (exponent - low) / (high - low) * (PANEL - 2 * room) end
  draw_axis(drawing, panel, x, bottom, position, low, high)
  local y = HEAD + GAP
  for _, group in ipairs(panel.groups) do
    for i, value in ipairs(group.values) do
      if value then draw_bar(drawing, y + (i - 1) * BAR, COLOURS[(i - 1) % #COLOURS + 1], value, position) end
    end
    y = y + height_of(group)
  end
end

local function draw_labels(drawing, groups)
  local y = HEAD + GAP
  for _, group in ipairs(groups) do
    drawing:text(MARGIN + LABELS - 8, y + #group.values * BAR / 2 + 3.5, group.is_strong and "label strong" or "label", group.name)
    y = y + height_of(group)
  end
end

local function draw_legend(drawing, series, y)
  local x = MARGIN + LABELS
  for i, name in ipairs(series) do
    drawing:add('<rect x="%d" y="%d" width="10" height="10" fill="%s"/>', x, y, COLOURS[(i - 1) % #COLOURS + 1])
    drawing:text(x + 15, y + 9, "legend", name)
    x = x + 40 + 7 * #name
  end
end

local STYLE <const> = [[
<style>
text { font-family: "Helvetica Neue", Helvetica, Arial, sans-serif; fill: #1f2937; }
.title { font-size: 16px; font-weight: bold; } .subtitle, .legend { font-size: 11px; } .panel { font-size: 12px; font-weight: bold; }
.tick { font-size: 9px; text-anchor: middle; fill: #6b7280; } .label { font-size: 10.5px; text-anchor: end; } .strong { font-weight: bold; }
.value { font-size: 7px; fill: #4b5563; } .left { text-anchor: end; }
.grid { stroke: #e5e7eb; } .one { stroke: #111827; stroke-width: 1.2; }
</style>]]

function chart.draw(figure)
  local groups = figure.panels[1].groups
  local bottom = HEAD + GAP
  for _, group in ipairs(groups) do bottom = bottom + height_of(group) end
  local width, height = 2 * MARGIN + LABELS + #figure.panels * (PANEL + MARGIN), bottom + 50
  local drawing = setmetatable({}, Drawing)
  drawing:add('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">', width, height, width, height)
  drawing:add("%s", STYLE)
  drawing:add('<rect width="%d" height="%d" fill="#ffffff"/>', width, height)
  drawing:text(MARGIN, 26, "title", figure.title)
  drawing:text(MARGIN, bottom + 38, "subtitle", figure.subtitle)
  draw_labels(drawing, groups)
  for i, panel in ipairs(figure.panels) do draw_panel(drawing, panel, MARGIN + LABELS + (i - 1) * (PANEL + MARGIN), bottom) end
  draw_legend(drawing, figure.series, bottom + 10)
  drawing:add("</svg>")
  return table.concat(drawing, "\n") .. "\n"
end

return chart
